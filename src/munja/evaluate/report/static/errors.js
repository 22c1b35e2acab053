// All errors of one reader, filtered by kind, characters and text, costliest first.
"use strict";

function errors(settings) {
  const reader = readerFrom(settings), mine = MUNJA.found[reader];
  const kind = settings.get("kind"), pair = settings.get("pair"), sort = settings.get("sort") || "cost";
  const words = (settings.get("text") || "").toLowerCase();
  const now = { reader, kind, pair, text: settings.get("text"), sort: sort === "cost" ? null : sort };
  const rows = mine.filter(({ finding }) =>
    (!kind || finding.k.includes(kind)) &&
    (!pair || (finding.e || []).some(([wanted, read]) => `${wanted}→${read}` === pair)) &&
    (!words || [...finding.w, ...finding.d].some(([text]) => text.toLowerCase().includes(words))));
  if (sort === "cost") rows.sort(byCost);
  else if (sort === "short") rows.sort((a, b) => byCost(b, a));
  const cost = rows.reduce((sum, { finding }) => sum + costOf(finding), 0);
  const options = [[null, `All ${whole(mine.length)}`, address("errors", { ...now, kind: null })]];
  for (const each of ORDER) {
    const number = mine.filter(({ finding }) => finding.k.includes(each)).length;
    if (number) options.push([each, el("span", { style: { "--c": colour(each) }, class: "key" }, `${kindName(each)} ${whole(number)}`), address("errors", { ...now, kind: each })]);
  }
  const sorts = [["cost", "costliest first", null], ["short", "cheapest first", "short"], ["page", "as on the pages", "page"]];
  const search = el("input", { type: "search", placeholder: "text…", value: settings.get("text") || "", onchange: (event) => { location.hash = address("errors", { ...now, text: event.target.value }); } });
  return [
    el("div.bar-of-tools", readerChoice("errors", reader, now), choice(options, kind),
      choice(sorts.map(([value, text, setting]) => [value, text, address("errors", { ...now, sort: setting })]), sort), search),
    pair ? el("p", "Only where ", el("b.pair-name", pair), " was confused. ", el("a", { href: address("errors", { ...now, pair: null }) }, "Show all")) : null,
    el("p.dim", kind ? kindMeaning(kind) + " " : "", `${count(rows.length, "place")}, ${count(cost, "character")} lost or too many. `,
      el("span.key-box.want", "truth"), " ", el("span.key-box.read", "read"), MUNJA.report.truth.kind === "text" ? [" ", el("span.key-box.near", "read beside it")] : null),
    rows.length ? growing(rows, (row) => card(row, reader), el("div.cards")) : el("p", "No error fits."),
  ];
}
