// All pictures as thumbnails, and one page with everything drawn over it.
"use strict";

function thumb(number, reader) {
  const page = MUNJA.report.pages[number];
  const box = el("div.thumb-box");
  if (page.j) whenSeen(box, () => box.append(el("img", { src: pictureOf(number, true), alt: page.n })));
  else box.append(el("span.dim", page.x ? "picture unreadable" : "no picture"));
  return el("a.thumb", { href: address("page", { reader }, number), title: page.n }, box,
    el("b", page.f[reader] === null ? "0/0" : percent(page.f[reader], 0)), ` ${count(page.e[reader], "error")}`, el("br"), el("small.dim", page.n));
}

function pages(settings) {
  const reader = readerFrom(settings), sort = settings.get("sort") || "cost";
  const rows = MUNJA.report.pages.map((page, k) => k);
  const lower = MUNJA.report.columns[0].lower ? -1 : 1;
  if (sort === "cost") rows.sort((a, b) => MUNJA.report.pages[b].c[reader] - MUNJA.report.pages[a].c[reader]);
  if (sort === "figure") rows.sort((a, b) => lower * ((MUNJA.report.pages[a].f[reader] ?? 2) - (MUNJA.report.pages[b].f[reader] ?? 2)));
  return [
    el("div.bar-of-tools", readerChoice("pages", reader, { sort: settings.get("sort") }),
      choice([["cost", "most lost first", address("pages", { reader })], ["figure", "worst figure first", address("pages", { reader, sort: "figure" })], ["order", "as in the truth", address("pages", { reader, sort: "order" })]], sort)),
    ...growing(rows, (k) => thumb(k, reader), el("div.thumbs"), 60),
  ];
}

// Which layers a person wants to see; kept while the report is open.
const layers = { want: true, read: true, right: false };

function page(settings, number) {
  const report = MUNJA.report, one = report.pages[number];
  if (!one) return el("p", "There is no such page.");
  const reader = readerFrom(settings);
  const side = settings.get("beside") === null ? null : Number(settings.get("beside"));
  const beside = side !== null && side !== reader;
  const here = report.cases.filter((each) => each.g === number);
  const mine = beside
    ? here.filter((each) => differ(each, reader, side)).sort((a, b) => Math.abs(caseCost(b, reader) - caseCost(b, side)) - Math.abs(caseCost(a, reader) - caseCost(a, side)))
    : here.filter((each) => each.f[reader].length).sort((a, b) => caseCost(b, reader) - caseCost(a, reader));
  const now = { beside: settings.get("beside") };
  const readers = beside ? [reader, side] : [reader];
  const views = readers.map((k) => picture(number, k, mine));
  const list = el("div.list", mine.length ? null : el("p.sentence.good", beside ? "The two do not differ on this page." : "Everything on this page was read right."));
  mine.forEach((each) => {
    const row = el("article", { tabindex: 0, onclick: () => select(each, row) }, readers.map((k) => told(each, k, beside)));
    list.append(row);
    if (String(report.cases.indexOf(each)) === settings.get("at")) setTimeout(() => select(each, row), 50);
  });
  const select = (each, row) => {
    list.querySelectorAll(".on").forEach((other) => other.classList.remove("on"));
    row.classList.add("on");
    list.scrollTop = row.offsetTop - 40;
    views.forEach((view) => view.focusOn(each));
  };
  const step = (by) => (number + by >= 0 && number + by < report.pages.length ? address("page", { reader, ...now }, number + by) : null);
  const toggles = [["want", "truth"], ["read", "read wrong"], ["right", "read right"]].map(([layer, text]) => el("label", { class: "key-box " + layer },
    el("input", { type: "checkbox", checked: layers[layer] ? "" : null, onchange: (event) => { layers[layer] = event.target.checked; views.forEach((view) => view.show()); } }), text));
  return [
    el("div.bar-of-tools", el("span", step(-1) ? el("a", { href: step(-1) }, "‹ previous") : "", " ", el("b", one.n), " ", el("span.dim", `${number + 1} of ${report.pages.length}`), " ", step(1) ? el("a", { href: step(1) }, "next ›") : ""),
      readerChoice("page", reader, now, number),
      report.readers.length > 1 ? choice([[null, "alone", address("page", { reader }, number)], ...readerNames().map((name, k) => [k, name, address("page", { reader, beside: k }, number)]).filter(([k]) => k !== reader)], side, "beside") : null,
      el("span.toggles", toggles), el("button", { onclick: () => views.forEach((view) => view.whole()) }, "whole page")),
    one.x ? el("p.sentence.bad", `The picture cannot be shown: ${one.x}`) : null,
    el("div.page", el(one.w > one.h ? "div.views.wide" : "div.views", views.map((view, k) => el("figure", views.length > 1 ? el("figcaption", readerNames()[k ? side : reader], ` ${one.f[k ? side : reader] === null ? "0/0" : percent(one.f[k ? side : reader])}`) : null, view.node))),
      el("aside", el("h3", `${count(mine.length, beside ? "difference" : "error")}, `, one.f[reader] === null ? "0/0" : percent(one.f[reader]), " ", el("span.dim", report.columns[0].title)), list)),
  ];
}

// What one reader did at a place, as a row of the list.
function told(one, reader, named) {
  const name = named ? el("h4", readerNames()[reader]) : null;
  if (!one.f[reader].length) return el("div.finding", { style: { "--c": "var(--right)" } }, name, el("span.good", one.t.length ? "read right" : "nothing read here, as it should be"));
  return one.f[reader].map((finding) => el("div.finding", { style: { "--c": colour(finding.k[0]) } }, name, comparison(finding), el("div.tags", finding.k.map(chip), el("span.cost", lossOf(finding)))));
}

// A page's picture with its boxes: those of the cases, and on request what is right.
function picture(number, reader, cases) {
  const one = MUNJA.report.pages[number];
  const boxes = svg("g"), focus = svg("g");
  const frame = svg("svg", { class: "whole", viewBox: `0 0 ${one.w} ${one.h}` }, sheet(number), boxes, focus);
  const view = {
    node: frame,
    whole: () => { frame.setAttribute("viewBox", `0 0 ${one.w} ${one.h}`); focus.replaceChildren(); },
    wanted: null,
    show: () => {},
    focusOn: (each) => { view.wanted = each; },
  };
  detailOf(number).then((detail) => {
    const wrongTruth = new Map(), wrongRead = new Map();
    for (const each of cases) {
      for (const finding of each.f[reader]) {
        finding.x.forEach((k) => wrongTruth.set(k, finding.k[0]));
        finding.y.forEach((k) => wrongRead.set(k, finding.k[0]));
      }
    }
    const boxesOf = (shapes, side, wrong) => shapes.map((shape, k) => {
      const kind = wrong.get(k);
      if (!shape.p.length || (side === "read" && !(kind ? layers.read : layers.right))) return null;
      const node = outline(shape, shape.i ? "ignored" : side + (kind ? "" : " right"));
      if (kind) node.style.setProperty("--c", colour(kind));
      node.append(svg("title", `${shape.i ? "don't care" : side === "want" ? "truth" : "read"}: ${shape.t}${shape.s === undefined ? "" : ` (score ${shape.s})`}`));
      return node;
    });
    view.show = () => boxes.replaceChildren(...[...(layers.want ? boxesOf(detail.t, "want", wrongTruth) : []), ...boxesOf(detail.r[reader], "read", wrongRead)].filter(Boolean));
    view.focusOn = (each) => {
      const region = regionOf(each.f.flat());
      if (!region) return;
      const [left, top, right, bottom] = region;
      const margin = Math.max(30, 1.2 * Math.min(bottom - top, right - left));
      const ratio = frame.clientHeight && frame.clientWidth ? frame.clientWidth / frame.clientHeight : one.w / one.h;
      let width = right - left + 2 * margin, height = bottom - top + 2 * margin;
      if (width / height < ratio) width = height * ratio; else height = width / ratio;
      frame.setAttribute("viewBox", `${(left + right - width) / 2} ${(top + bottom - height) / 2} ${width} ${height}`);
      const marks = each.f[reader].flatMap((finding) => [...(finding.y || []), ...(finding.n || [])]).map((k) => outline(detail.r[reader][k], "chosen"));
      focus.replaceChildren(...marks.filter(Boolean));
    };
    view.show();
    if (view.wanted) view.focusOn(view.wanted);
  }).catch((error) => frame.append(svg("text", { x: 20, y: 40 }, error.message)));
  return view;
}
