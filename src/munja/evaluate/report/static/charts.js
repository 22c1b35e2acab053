// Characters that are confused, results by trait, and whether scores can be trusted.
"use strict";

function characters(settings) {
  const reader = readerFrom(settings), tables = MUNJA.report.readers[reader].confusions;
  const visible = (text) => (text === "" ? "∅" : text === " " ? "␣" : text);
  const rows = (list, link) => {
    const most = list.length ? list[0][2] : 1;
    return el("div.confusions", list.map(([wanted, read, number]) => el(link ? "a" : "span", { class: "confusion", href: link ? address("errors", { reader, pair: `${wanted}→${read}` }) : null, title: `${visible(wanted)} read as ${visible(read)}: ${number} times` },
      el("b.want", visible(wanted)), el("span.dim", "→"), el("b.read", visible(read)), el("span.meter", el("i", { style: { width: 100 * number / most + "%" } })), el("span.number", number))));
  };
  const part = (title, text, list, link) => (list.length ? el("section", el("h2", title), el("p.dim", text), rows(list, link)) : null);
  const found = [
    part("One character read as another", "Most frequent first; each leads to its places.", tables.characters, true),
    part("Letters inside Korean syllables", "Where one syllable was read as another, the letters that differ.", tables.letters, false),
    part("Characters left out", "Not read at all inside text that was found.", tables.missing, true),
    part("Characters added", "Read inside text that does not have them.", tables.invented, true),
  ].filter(Boolean);
  return [el("div.bar-of-tools", readerChoice("characters", reader)), found.length ? found : el("p", "No character was confused with another."),
    el("p.dim", "Only errors of which at least half the characters are right are counted here: what was read as something else altogether would pair characters by chance.")];
}

function conditions() {
  const report = MUNJA.report, names = readerNames();
  const parts = report.traits.filter((trait) => report.readers.some((reader) => reader.traits[trait.name])).map((trait) => el("section",
    el("h2", trait.title, " ", el("span.dim", `in ${trait.unit}`)),
    el("div.traits", report.readers.map((reader, k) => traitTable(reader.traits[trait.name] || [], names[k], k)))));
  if (!parts.length) return el("p", "This truth does not say where its text stands, so there is nothing to divide it by.");
  return [el("p.dim", `Share of the true ${unitName()} without any error, with its 95 % interval; the rest by its gravest error.`), legend(Object.fromEntries(ORDER.map((kind) => [kind, report.readers.some((reader) => Object.values(reader.traits).flat().some((row) => row.kinds[kind]))]))), parts];
}

const unitName = () => ({ boxes: MUNJA.report.truth.level === "word" ? "words" : "lines", text: "words", crops: "pictures", formulas: "formulas" })[MUNJA.report.truth.kind];

function traitTable(rows, name, reader) {
  return el("div.card", report_heading(name), el("table.trait", rows.map((row) => el("tr",
    el("th", row.label), el("td.number.dim", whole(row.count)),
    el("td.wide", stack([[row.right / row.count, "var(--right)", `${whole(row.right)} of ${whole(row.count)} read right`, null],
      ...ORDER.filter((kind) => row.kinds[kind]).map((kind) => [row.kinds[kind] / row.count, colour(kind), `${kindName(kind)}: ${whole(row.kinds[kind])}`, address("errors", { reader, kind })])])),
    el("td.number", el("b", percent(row.right / row.count, 0)), el("br"), el("small.dim", `${(100 * row.low).toFixed(0)} to ${(100 * row.high).toFixed(0)}`))))));
}

const report_heading = (name) => (MUNJA.report.readers.length > 1 ? el("h3", name) : null);

function confidences() {
  const names = readerNames();
  return [el("p.dim", "A reader whose scores can be trusted lies on the diagonal: of what it reads with a score of 0.9, nine in ten are right, which means: all characters read as they are there."),
    el("div.traits", MUNJA.report.readers.map((reader, k) => el("div.card", el("h3", names[k]),
      reader.confidence.missing ? el("p", reader.confidence.missing) : [plot(reader.confidence),
        el("p", el("b", percent(reader.confidence.right / reader.confidence.count)), ` of ${whole(reader.confidence.count)} ${reader.confidence.noun} are right; the scores are off by ${(100 * reader.confidence.error).toFixed(1)} points on average.`),
        reader.confidence.thresholds.map((each) => el("p.sentence", each.sentence))])))];
}

// Score against share of right ones; the areas of the points are their numbers.
function plot(data) {
  const size = 300, left = 40, top = 10;
  const x = (value) => left + size * value, y = (value) => top + size * (1 - value);
  const node = svg("svg", { viewBox: `0 0 ${size + 60} ${size + 50}`, class: "plot" });
  for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
    node.append(svg("line", { x1: x(tick), x2: x(tick), y1: y(0), y2: y(1), class: "grid" }), svg("line", { x1: x(0), x2: x(1), y1: y(tick), y2: y(tick), class: "grid" }),
      svg("text", { x: x(tick), y: y(0) + 16, "text-anchor": "middle" }, tick), svg("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, 100 * tick + " %"));
  }
  node.append(svg("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(1), class: "diagonal" }), svg("text", { x: x(0.5), y: y(0) + 34, "text-anchor": "middle" }, "score"));
  const most = Math.max(...data.bins.map((bin) => bin.count));
  for (const bin of data.bins) {
    node.append(svg("line", { x1: x(bin.score), x2: x(bin.score), y1: y(bin.interval[0]), y2: y(bin.interval[1]), class: "whisker" }),
      svg("circle", { cx: x(bin.score), cy: y(bin.right), r: 3 + 9 * Math.sqrt(bin.count / most) },
        svg("title", `score ${bin.low.toFixed(1)} to ${bin.high.toFixed(1)}: ${bin.count}, of which ${percent(bin.right)} right`)));
  }
  return node;
}
