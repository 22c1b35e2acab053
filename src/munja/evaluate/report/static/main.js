// Which view is shown, and the head above it.
"use strict";

const VIEWS = {
  overview: ["Overview", overview],
  errors: ["Errors", errors],
  pages: ["Pictures", pages],
  characters: ["Characters", characters],
  conditions: ["Conditions", conditions],
  confidence: ["Confidence", confidences],
  compare: ["Compare", compare],
  problems: ["Problems", problems],
  page: [null, (settings, place) => page(settings, place)],
};

function problems() {
  const report = MUNJA.report;
  const list = (title, rows) => (rows.length ? el("section", el("h2", title), el("ol.problems", rows.map((row) => el("li", row)))) : null);
  return [list("Could not be understood, paired or read", report.problems), list("Notes", report.truth.notes), report.problems.length ? null : el("p", "None: everything could be understood, paired and read.")];
}

function head(view, settings) {
  const report = MUNJA.report, reader = settings.get("reader");
  const links = Object.entries(VIEWS).filter(([name, [title]]) => title && (name !== "compare" || report.readers.length > 1) && (name !== "problems" || report.problems.length || report.truth.notes.length));
  const what = `${whole(report.truth.pictures)} ${report.truth.what} (${report.truth.format}), ${report.options.case_sensitive ? "case counts" : "case does not count"}${report.options.leave_out ? `, without ${report.options.leave_out}` : ""}`;
  document.getElementById("head").replaceChildren(
    el("div", el("h1", shortName(report.title)), el("span.dim", what)),
    el("nav", links.map(([name, [title]]) => el("a", { class: name === view || (name === "pages" && view === "page") ? "on" : "", href: address(name, { reader }) }, title,
      name === "problems" && report.problems.length ? el("span.badge", whole(report.problems.length)) : null))));
}

function show() {
  const { view, place, settings } = readAddress();
  const known = VIEWS[view] ? view : "overview";
  head(known, settings);
  document.getElementById("view").replaceChildren(...[VIEWS[known][1](settings, place)].flat(4).filter((each) => each !== null && each !== undefined && each !== false));
  document.body.dataset.view = known;
  if (known !== "errors") scrollTo(0, 0);
}

document.addEventListener("keydown", (event) => {
  const { view, place, settings } = readAddress();
  if (view !== "page" || event.target.tagName === "INPUT") return;
  const next = { ArrowRight: place + 1, ArrowLeft: place - 1 }[event.key];
  if (next === undefined || next < 0 || next >= MUNJA.report.pages.length) return;
  location.hash = address("page", { reader: settings.get("reader"), beside: settings.get("beside") }, next);
});

MUNJA.start = (report) => {
  MUNJA.report = report;
  prepare();
  addEventListener("hashchange", show);
  show();
};
