// What every part of the explorer stands on: the data, elements, words and numbers for people.
"use strict";

const MUNJA = { report: null, details: new Map(), waiting: new Map(), embedded: new Map() };

// Kinds of error: name, colour, what it means on pages with boxes, and where the truth is text alone.
const KINDS = {
  missed: ["Missed", "Text that is there and was not read.", "Words that are there and were not read."],
  "wrong characters": ["Wrong characters", "Found, but read with other characters.", "Words read with other characters."],
  split: ["Split", "One true box found as several.", "A blank read where there is none."],
  merged: ["Merged", "Several true boxes found as one.", "A blank that was not read."],
  false: ["False", "Read where the truth has no text.", "Words read that the truth does not have."],
  overlapping: ["Overlapping", "A second box over text that was read already.", ""],
  moved: ["Moved", "", "Read, but in another place of the page: the reading order differs."],
};
const ORDER = Object.keys(KINDS);

// An element: el("div.card", {onclick}, child, ...); text is always text, never markup.
function el(name, ...rest) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  return fill(node, rest);
}

function svg(tag, ...rest) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), rest);
}

function fill(node, rest) {
  for (const each of rest.flat(Infinity)) {
    if (each === null || each === undefined || each === false) continue;
    if (each instanceof Node) node.append(each);
    else if (typeof each === "object") {
      for (const [key, value] of Object.entries(each)) {
        if (value === null || value === undefined || value === false) continue;
        if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
        else if (key === "style") for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
        else node.setAttribute(key, value);
      }
    } else node.append(String(each));
  }
  return node;
}

const percent = (share, digits = 1) => (share === null || share === undefined ? "0/0" : (100 * share).toFixed(digits) + " %");
const whole = (number) => Math.round(number).toLocaleString("en");
const count = (number, one, many) => `${whole(number)} ${Math.round(number) === 1 ? one : many || one + "s"}`;
const colour = (kind) => `var(--k-${kind.replace(" ", "-")})`;
const kindName = (kind) => KINDS[kind][0];
const kindMeaning = (kind) => KINDS[kind][MUNJA.report.truth.kind === "boxes" ? 1 : 2] || KINDS[kind][1];
const shortName = (name) => name.split(/[\\/]/).pop();

function interval(figure) {
  return figure.low === null || figure.low === undefined ? "" : `${(100 * figure.low).toFixed(1)} to ${(100 * figure.high).toFixed(1)}`;
}

// Readers' names as they are shown: the last part of a path, unless two would be the same.
function readerNames() {
  const names = MUNJA.report.readers.map((each) => each.name);
  const short = names.map(shortName);
  return short.map((name, k) => (short.indexOf(name) === short.lastIndexOf(name) ? name : names[k]));
}

// What a finding takes off the score, in characters of both sides.
const costOf = (finding) => finding.r + finding.p;
const caseCost = (one, reader) => one.f[reader].reduce((sum, each) => sum + costOf(each), 0);

// Every finding of every reader, with the case it belongs to; made once.
function prepare() {
  MUNJA.found = MUNJA.report.readers.map(() => []);
  MUNJA.report.cases.forEach((one, at) => one.f.forEach((list, reader) => list.forEach((finding) => MUNJA.found[reader].push({ one, at, finding }))));
}
const byCost = (a, b) => costOf(b.finding) - costOf(a.finding);

// The bounds of findings; null where no place is known.
function regionOf(findings) {
  const boxes = findings.map((finding) => finding.b).filter(Boolean);
  if (!boxes.length) return null;
  return [0, 1, 2, 3].map((k) => Math[k < 2 ? "min" : "max"](...boxes.map((box) => box[k])));
}

function chip(kind) {
  return el("span.chip", { style: { "--c": colour(kind) }, title: kindMeaning(kind) }, kindName(kind));
}

// Addresses of pictures: beside the page, or inside it.
MUNJA.embed = (number, picture, thumb) => MUNJA.embedded.set(number, [picture, thumb]);
function pictureOf(number, thumb) {
  const inside = MUNJA.embedded.get(number);
  if (inside) return "data:image/jpeg;base64," + inside[thumb ? 1 : 0];
  return `${thumb ? "thumbs" : "pictures"}/${number}.jpg`;
}

// The boxes of a page, loaded by a script when it is first looked at.
MUNJA.page = (number, detail) => {
  MUNJA.details.set(number, detail);
  (MUNJA.waiting.get(number) || []).forEach((done) => done(detail));
  MUNJA.waiting.delete(number);
};
function detailOf(number) {
  if (MUNJA.details.has(number)) return Promise.resolve(MUNJA.details.get(number));
  return new Promise((done, failed) => {
    if (MUNJA.waiting.has(number)) return void MUNJA.waiting.get(number).push(done);
    MUNJA.waiting.set(number, [done]);
    document.head.append(el("script", { src: `pages/${number}.js`, onerror: () => failed(new Error(`pages/${number}.js is missing`)) }));
  });
}

// The part of the address behind #: a view's name, a page's number, and settings.
function readAddress() {
  const [path, query] = decodeURI(location.hash.slice(1) || "overview").split("?");
  const [view, place] = path.split("/");
  return { view, place: place === undefined ? null : Number(place), settings: new URLSearchParams(query || "") };
}

function address(view, settings = {}, place = null) {
  const query = new URLSearchParams(Object.entries(settings).filter(([, value]) => value !== null && value !== undefined && value !== ""));
  const text = query.toString();
  return "#" + view + (place === null ? "" : "/" + place) + (text ? "?" + text : "");
}

const readerFrom = (settings) => Math.min(Number(settings.get("reader") || 0), MUNJA.report.readers.length - 1) || 0;
