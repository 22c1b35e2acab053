// The first view: how good, what goes wrong most with the costliest examples, which pages are worst.
"use strict";

const EXAMPLES = 3;

function overview(settings) {
  const report = MUNJA.report;
  const reader = readerFrom(settings);
  return [
    scores(reader),
    verdicts(),
    report.comparisons.length ? el("section", el("h2", "Is a difference real?"), report.comparisons.map((each) =>
      el("p.sentence", each.winner ? el("b", each.sentence) : each.sentence, " ",
        el("a", { href: address("compare", { a: indexOf(each.names[0]), b: indexOf(each.names[1]) }) }, "Show the differences")))) : null,
    el("section", el("h2", "What goes wrong", report.readers.length > 1 ? ` with ${readerNames()[reader]}` : ""),
      readerChoice("overview", reader), wrongs(reader)),
    el("section", el("h2", "Worst pictures"), worst(reader),
      el("p", el("a", { href: address("pages", { reader }) }, `All ${count(report.pages.length, "picture")}`))),
    el("section", el("h2", "All figures"), figureTable()),
  ];
}

const indexOf = (name) => MUNJA.report.readers.findIndex((each) => each.name === name);

function scores(chosen) {
  const report = MUNJA.report, main = report.columns[0], names = readerNames();
  return el("section.scores", report.readers.map((reader, k) => {
    const figure = reader.figures[main.key];
    return el("a", { class: "card score" + (k === chosen ? " on" : ""), href: address("overview", { reader: k }) },
      el("h3", names[k], " ", el("span.dim", reader.version)),
      el("div.figure", el("b", percent(figure.value)), el("span", main.title, el("br"), el("span.dim", interval(figure) ? `${report.options.confidence * 100} % interval ${interval(figure)}` : ""))),
      characterBar(k), el("p", summary(reader)));
  }));
}

// Where the characters of the truth went, in percent of them.
function characterBar(reader) {
  const { wanted, lost } = MUNJA.report.readers[reader].characters;
  if (!wanted) return el("p.dim", "The truth has no characters (0/0).");
  const gone = Object.values(lost).reduce((sum, each) => sum + each, 0);
  const right = Math.max(0, wanted - gone);
  const total = right + gone;
  const parts = [[right / total, "var(--right)", `${whole(right)} of ${whole(wanted)} characters read right`, null]];
  for (const kind of ORDER) if (lost[kind]) parts.push([lost[kind] / total, colour(kind), `${kindName(kind)}: ${whole(lost[kind])} characters`, address("errors", { reader, kind })]);
  return el("div", stack(parts), legend(lost));
}

function legend(table) {
  return el("div.legend", el("span.key", { style: { "--c": "var(--right)" } }, "read right"),
    ORDER.filter((kind) => table[kind]).map((kind) => el("span.key", { style: { "--c": colour(kind) } }, kindName(kind).toLowerCase())));
}

// The reader in one sentence.
function summary(reader) {
  const { wanted, read, lost, invented } = reader.characters;
  if (!wanted) return "";
  const gone = Object.values(lost).reduce((sum, each) => sum + each, 0);
  const made = Object.values(invented).reduce((sum, each) => sum + each, 0);
  const most = ORDER.filter((kind) => lost[kind]).sort((a, b) => lost[b] - lost[a])[0];
  const begin = `Of 100 characters ${(100 * Math.max(0, 1 - gone / wanted)).toFixed(1)} are read right`;
  const middle = most ? `; most is lost to ${{ missed: "text that was missed", "wrong characters": "wrong characters", split: "split boxes", merged: "merged boxes", moved: "text read in another order" }[most] || most}` : "";
  const end = read ? ` Of 100 that it reads ${(100 * made / read).toFixed(1)} are not there.` : " It reads nothing.";
  return begin + middle + "." + end;
}

function verdicts() {
  const list = MUNJA.report.verdicts;
  if (!list.length) return null;
  return el("section", el("h2", "Bounds"), list.map((each) => el(each.ok ? "p.sentence.good" : "p.sentence.bad", each.sentence)));
}

// Each kind of error that there is, costliest first, with its costliest examples.
function wrongs(reader) {
  const groups = ORDER.map((kind) => {
    const rows = MUNJA.found[reader].filter(({ finding }) => finding.k[0] === kind).sort(byCost);
    return { kind, rows, cost: rows.reduce((sum, { finding }) => sum + costOf(finding), 0) };
  }).filter((group) => group.rows.length).sort((a, b) => b.cost - a.cost);
  if (!groups.length) return el("p.sentence.good", "Nothing: every character was read right.");
  const all = groups.reduce((sum, group) => sum + group.cost, 0) || 1;
  return groups.map(({ kind, rows, cost }) => el("div.kind", { style: { "--c": colour(kind) } },
    el("div.about", el("h3", kindName(kind)), el("p", kindMeaning(kind)),
      el("p.share", el("b", `${(100 * cost / all).toFixed(0)} %`), ` of what is lost: ${count(cost, "character")} in ${count(rows.length, "place")}`),
      el("a", { href: address("errors", { reader, kind }) }, `Show all ${whole(rows.length)}`)),
    el("div.examples", examples(rows).map((row) => card(row, reader)))));
}

// The costliest, not all from one page.
function examples(rows) {
  const chosen = [], pages = new Set();
  for (const row of rows) if (!pages.has(row.one.g) && chosen.length < EXAMPLES) { chosen.push(row); pages.add(row.one.g); }
  for (const row of rows) if (chosen.length < EXAMPLES && !chosen.includes(row)) chosen.push(row);
  return chosen;
}

function worst(reader) {
  const rows = MUNJA.report.pages.map((page, k) => [page, k]).sort((a, b) => b[0].c[reader] - a[0].c[reader]).slice(0, 6);
  return el("div.thumbs", rows.map(([, k]) => thumb(k, reader)));
}

function figureTable() {
  const report = MUNJA.report, names = readerNames();
  return el("div.scroll", el("table", el("thead", el("tr", el("th", ""), report.columns.map((column) => el("th", { title: column.about }, column.title)))),
    el("tbody", report.readers.map((reader, k) => el("tr", el("th", names[k]), report.columns.map((column) => {
      const figure = reader.figures[column.key];
      return el("td", figure.value === null ? el("span", { title: "nothing to count: 0/0" }, "0/0") : el("b", percent(figure.value)), el("br"), el("small.dim", interval(figure)));
    }))))),
    el("dl.abouts", report.columns.map((column) => [el("dt", column.title, column.lower ? " (less is better)" : ""), el("dd", column.about)])));
}
