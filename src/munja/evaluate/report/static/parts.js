// Parts that several views show: texts with their wrong characters marked, cut-outs of pictures, bars, cards.
"use strict";

// A text with some characters marked; places count characters, not JavaScript's units.
function marked(text, places, side) {
  const wrong = new Set(places);
  const node = el("span.text", { dir: "auto" });
  let run = "", bad = false;
  const flush = () => {
    if (run) node.append(bad ? el("mark." + side, run) : run);
    run = "";
  };
  Array.from(text).forEach((character, k) => {
    if (wrong.has(k) !== bad) {
      flush();
      bad = wrong.has(k);
    }
    run += character;
  });
  flush();
  return node;
}

// The texts of one side of a finding. Boxes are set apart by a bar, words by a blank.
function pieces(list, side, whole) {
  if (!list.length) return el("span.nothing", side === "want" ? "nothing there" : "nothing read");
  const between = MUNJA.report.truth.kind === "boxes" ? () => el("span.bar", { title: "another box" }) : () => " ";
  const node = el("span.pieces");
  list.forEach(([text, places], k) => {
    if (k) node.append(between());
    node.append(whole ? el("mark." + side, el("span.text", { dir: "auto" }, text)) : marked(text, places, side));
  });
  return node;
}

// Truth and reading of a finding, one below the other.
function comparison(finding) {
  const alone = finding.k[0];
  return el("div.pair",
    el("span.label", "truth"), el("div", pieces(finding.w, "want", alone === "missed" || alone === "moved")),
    el("span.label", "read"), el("div", pieces(finding.d, "read", alone === "false" || alone === "overlapping" || alone === "moved")));
}

// Pictures are fetched when they come into view, and only then.
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    watcher.unobserve(entry.target);
    entry.target.dispatchEvent(new Event("seen"));
  }
}, { rootMargin: "300px" });

function whenSeen(node, action) {
  node.addEventListener("seen", action, { once: true });
  watcher.observe(node);
  return node;
}

const points = (polygon) => polygon.reduce((text, number, k) => text + (k ? (k % 2 ? "," : " ") : "") + number, "");

function outline(shape, name) {
  return shape && shape.p.length ? svg("polygon", { points: points(shape.p), class: "box " + name, "vector-effect": "non-scaling-stroke" }) : null;
}

// The picture of a page below whatever is drawn over it; without a picture, a sheet.
function sheet(number) {
  const page = MUNJA.report.pages[number];
  const base = svg("rect", { x: 0, y: 0, width: page.w, height: page.h, class: "sheet" });
  if (!page.j) return [base];
  return [base, svg("image", { href: pictureOf(number, false), x: 0, y: 0, width: page.w, height: page.h, preserveAspectRatio: "none" })];
}

// The place of findings in their picture, with the boxes of the truth and of one reader.
function cutout(number, findings, reader, tallest = 220) {
  const page = MUNJA.report.pages[number];
  const region = regionOf(findings);
  if (!region || !page.w) return el("div.cut.none", "no place known");
  const [left, top, right, bottom] = region;
  const margin = Math.max(8, 0.6 * Math.min(bottom - top, right - left, 60));
  const x = Math.max(0, left - margin), y = Math.max(0, top - margin);
  const width = Math.max(8, Math.min(page.w, right + margin) - x), height = Math.max(8, Math.min(page.h, bottom + margin) - y);
  const scale = Math.min(520 / width, tallest / height, 3);
  const node = el("div.cut", { style: { width: Math.round(width * scale) + "px", "aspect-ratio": `${width} / ${height}` } });
  return whenSeen(node, () => {
    const picture = svg("svg", { viewBox: `${x} ${y} ${width} ${height}` }, sheet(number));
    node.append(picture);
    if (MUNJA.report.truth.kind === "crops") return;
    detailOf(number).then((detail) => {
      const add = (shape, name) => picture.append(outline(shape, name) || "");
      for (const each of findings) {
        if (MUNJA.report.truth.kind === "boxes") each.x.forEach((k) => add(detail.t[k], "want"));
        each.y.forEach((k) => add(detail.r[reader][k], "read"));
        (each.n || []).forEach((k) => add(detail.r[reader][k], "near"));
      }
    });
  });
}

const lossOf = (finding) => {
  const parts = [];
  if (finding.r) parts.push(`${whole(finding.r)} lost`);
  if (finding.p) parts.push(`${whole(finding.p)} too many`);
  return parts.join(", ") || "no character lost";
};

// One error as a card: what is there, what was read, what it costs.
function card({ one, at, finding }, reader) {
  const href = address("page", { reader, at }, one.g);
  return el("article.card.error",
    el("a.place", { href, title: "Show it on its page" }, cutout(one.g, [finding], reader)),
    comparison(finding),
    el("div.tags", finding.k.map(chip), el("span.cost", { title: "characters of the truth that were lost, and characters that were read but are not there" }, lossOf(finding))),
    el("a.dim.source", { href }, MUNJA.report.pages[one.g].n));
}

// A list that grows as one scrolls.
function growing(rows, make, container, step = 24) {
  let shown = 0;
  const end = el("div.end");
  const more = () => {
    rows.slice(shown, shown + step).forEach((row) => container.append(make(row)));
    shown = Math.min(rows.length, shown + step);
    end.textContent = shown < rows.length ? `${whole(shown)} of ${whole(rows.length)} …` : "";
    if (shown < rows.length) whenSeen(end, more);
  };
  more();
  return [container, end];
}

// A bar whose parts are [share, colour, title, address].
function stack(parts) {
  return el("div.stack", parts.filter(([share]) => share > 0).map(([share, tint, title, href]) =>
    el(href ? "a" : "span", { href, title, style: { width: 100 * share + "%", background: tint } },
      { class: tint === "var(--right)" ? "light" : null }, share > 0.045 ? el("b", (100 * share).toFixed(0)) : "")));
}

// Buttons of which one is chosen.
function choice(options, chosen, title) {
  return el("div.choice", title ? el("span.dim", title) : null, options.map(([value, text, href]) =>
    el(value === chosen ? "a.on" : "a", { href }, text)));
}

function readerChoice(view, reader, settings = {}, place = null) {
  if (MUNJA.report.readers.length < 2) return null;
  return choice(readerNames().map((name, k) => [k, name, address(view, { ...settings, reader: k }, place)]), reader);
}
