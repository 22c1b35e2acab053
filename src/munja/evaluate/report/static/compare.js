// Two readers side by side: only the places at which they differ.
"use strict";

function compare(settings) {
  const report = MUNJA.report, names = readerNames();
  const a = Math.min(Number(settings.get("a") || 0), names.length - 1);
  let b = Math.min(Number(settings.get("b") || 1), names.length - 1);
  if (b === a) b = a ? 0 : 1;
  const only = settings.get("only");
  const rows = report.cases.map((one) => [one, caseCost(one, a), caseCost(one, b)]).filter(([one, first, second]) => first !== second || differ(one, a, b));
  const groups = {
    first: rows.filter(([one]) => one.f[b].length && !one.f[a].length),
    second: rows.filter(([one]) => one.f[a].length && !one.f[b].length),
    both: rows.filter(([one]) => one.f[a].length && one.f[b].length),
  };
  const total = (list, k) => list.reduce((sum, row) => sum + row[k], 0);
  const sorted = [...(groups[only] || rows)].sort((x, y) => Math.abs(y[1] - y[2]) - Math.abs(x[1] - x[2]) || y[1] + y[2] - x[1] - x[2]);
  const found = report.comparisons.find((each) => [a, b].every((k) => each.names.includes(report.readers[k].name)));
  const link = (value) => address("compare", { a, b, only: value });
  const pairs = names.flatMap((first, k) => names.map((second, m) => [k, m])).filter(([k, m]) => k < m);
  return [
    pairs.length > 1 ? el("div.bar-of-tools", choice(pairs.map(([k, m]) => [`${k},${m}`, `${names[k]} and ${names[m]}`, address("compare", { a: k, b: m })]), a < b ? `${a},${b}` : `${b},${a}`)) : null,
    found ? el("p.sentence", el("b", found.sentence)) : null,
    el("div.bar-of-tools", choice([
      [null, `All ${whole(rows.length)} differences`, link(null)],
      ["first", `Only ${names[a]} is right: ${whole(groups.first.length)} (${count(total(groups.first, 2), "character")})`, link("first")],
      ["second", `Only ${names[b]} is right: ${whole(groups.second.length)} (${count(total(groups.second, 1), "character")})`, link("second")],
      ["both", `Both wrong, but not alike: ${whole(groups.both.length)}`, link("both")],
    ], only)),
    sorted.length ? growing(sorted, ([one]) => difference(one, a, b), el("div.differences"), 20) : el("p", "They do not differ here."),
  ];
}

// Whether two readers that lose as much read something else.
function differ(one, a, b) {
  const told = (reader) => JSON.stringify(one.f[reader].map((each) => [each.k, each.d.map(([text]) => text)]));
  return told(a) !== told(b);
}

// The place of a case, with the boxes of the first reader that did something wrong there.
function place(one, a, b) {
  const shown = one.f[a].length ? a : b;
  return cutout(one.g, one.f[shown], shown, 110);
}

function difference(one, a, b) {
  const names = readerNames(), first = caseCost(one, a), second = caseCost(one, b);
  const column = (reader, better) => el(better ? "div.side.better" : "div.side",
    el("h4", names[reader], " ", better ? el("span.good", "better") : ""),
    one.f[reader].length
      ? one.f[reader].map((finding) => el("div.finding", el("div.pair", el("span.label", "read"), el("div", pieces(finding.d, "read", finding.k[0] === "false"))), el("div.tags", finding.k.map(chip), el("span.cost", lossOf(finding)))))
      : el("p.good", one.t.length ? "read right" : "nothing read here, as it should be"));
  return el("article.card.difference",
    el("a.place", { href: address("page", { reader: a, beside: b }, one.g) }, place(one, a, b), el("span.dim.source", MUNJA.report.pages[one.g].n)),
    el("div.side", el("h4", "truth"), el("p.text", { dir: "auto" }, one.t.length ? one.t.join(MUNJA.report.truth.kind === "boxes" ? " | " : " ") : el("span.nothing", "nothing there"))),
    column(a, first < second), column(b, second < first));
}
