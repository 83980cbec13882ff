/**
 * A patient's last hours: one chart a vital, all with one time axis, a slider that reads the values at an
 * instant, and the same values as a table.
 */

import { ageOf } from "./ages.js";
import { button } from "./buttons.js";
import { chartOf, nearest } from "./chart.js";
import { element, setText } from "./dom.js";
import { lanesOf } from "./lanes.js";
import { usualBand } from "./reasons.js";
import { VITALS, clockOf, numberOf, vitalOf } from "./words.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const SPANS_H = [1, 4];
const HEIGHT = 96;
// Without a width yet, as before the first layout.
const LEAST_WIDTH = 280;

export class Charts {
  #rows = new Map(); // vital -> {element, now, note, figure}
  #drawn = [];
  #spanH = SPANS_H.at(-1);
  #known = null; // what was shown last: {history, status, spans, nowMs}
  #series = [];
  #atMs = null; // the instant that is read, or null for the latest
  #instants = [];

  constructor() {
    this.lanes = element("div", { class: "chart-lanes" });
    this.figures = element("div", { class: "charts" }, this.lanes);
    // The slider says the same to those who hear the page; it must not be said again every minute.
    this.readout = element("p", { class: "readout" });
    this.slider = element("input", { id: "chart-time", type: "range", step: 1, min: 0, max: 0 });
    this.slider.addEventListener("input", () => this.#slide());
    this.table = element("details", { class: "as-table" }, element("summary", {}, "The same as a table"));
    this.table.addEventListener("toggle", () => this.#fillTable());
    const label = element("label", { for: "chart-time" }, "Read values at");
    const reading = element("div", { class: "reading" }, label, this.slider, this.readout);
    this.element = element("div", {}, this.#spanChoice(), this.figures, reading, this.table);
    this.figures.addEventListener("pointermove", (event) => this.#point(event));
    this.figures.addEventListener("pointerleave", () => this.#read(null));
    this.observer = new ResizeObserver(() => this.#draw());
    this.observer.observe(this.figures);
  }

  close() {
    this.observer.disconnect();
  }

  /** Show a patient anew; `spans` are those of episodes.js. */
  show(known) {
    this.#known = known;
    this.#draw();
  }

  #spanChoice() {
    const choose = (hours) => {
      this.#spanH = hours;
      for (const each of choice.children) each.setAttribute("aria-pressed", String(each.value === String(hours)));
      this.#draw();
    };
    const choice = element("div", { class: "spans", role: "group", "aria-label": "How far back" });
    for (const hours of SPANS_H) {
      const pressed = String(hours === this.#spanH);
      choice.append(button(`${hours} h`, () => choose(hours), { class: "quiet", value: hours, "aria-pressed": pressed }));
    }
    return choice;
  }

  #draw() {
    if (this.#known === null) return;
    const { history, status, spans, nowMs } = this.#known;
    const window = { from_ms: nowMs - this.#spanH * HOUR_MS, to_ms: nowMs };
    this.#instants = history.at_ms.filter((atMs) => atMs >= window.from_ms);
    this.#series = [...VITALS.keys()]
      .filter((vital) => history.vitals[vital] || status?.vitals?.[vital])
      .map((vital) => seriesOf(vital, history, status, spans, window));
    const width = Math.max(LEAST_WIDTH, this.#widthOfCharts());
    this.lanes.replaceChildren(lanesOf(spans, window, width));
    this.#drawn = this.#series.map((series) => this.#drawOne(series, width));
    for (const [vital, row] of this.#rows) {
      row.element.hidden = !this.#series.some((series) => series.vital === vital);
    }
    this.slider.max = String(Math.max(0, this.#instants.length - 1));
    this.#read(this.#atMs);
    this.#fillTable();
  }

  #widthOfCharts() {
    return Math.floor(this.lanes.clientWidth);
  }

  #drawOne(series, width) {
    const row = this.#rowOf(series.vital);
    const chart = chartOf(series, width, HEIGHT);
    row.figure.replaceChildren(chart.element);
    const { status, nowMs } = this.#known;
    const latest = status?.vitals?.[series.vital];
    setText(row.now, latest ? numberOf(series.vital, latest.value) : "–");
    const ageMs = latest ? nowMs - latest.observed_at_ms : null;
    setText(row.age, ageMs === null ? "no value" : `measured ${ageMs < MINUTE_MS ? "now" : `${ageOf(ageMs)} ago`}`);
    const usual = series.usual?.map((value) => numberOf(series.vital, value)).join("–");
    setText(row.note, usual ? `usual ${usual}` : learningInWords(status?.learning?.[series.vital]));
    return { ...chart, series };
  }

  #rowOf(vital) {
    let row = this.#rows.get(vital);
    if (row === undefined) {
      const { label, name, unit } = vitalOf(vital);
      row = {
        now: element("span", { class: "now" }),
        age: element("span", { class: "chart-age" }),
        note: element("span", { class: "chart-note" }),
        figure: element("div", { class: "chart-figure" }),
      };
      const title = element("abbr", { title: name }, label);
      const value = element("p", { class: "chart-value" }, row.now, " ", element("span", { class: "unit" }, unit));
      const words = element("div", { class: "chart-words" }, element("h4", {}, title), value, row.age, row.note);
      row.element = element("div", { class: "chart-row" }, words, row.figure);
      this.#rows.set(vital, row);
      this.figures.append(row.element);
    }
    return row;
  }

  #point(event) {
    const drawn = this.#drawn.find(({ element }) => element.contains(event.target)) ?? this.#drawn[0];
    if (!drawn || this.#instants.length === 0) return;
    const x = event.clientX - drawn.element.getBoundingClientRect().left;
    if (x < drawn.scale.left || x > drawn.scale.right) this.#read(null);
    else this.#read(this.#instants[nearest(this.#instants, drawn.scale.atMs(x))]);
  }

  #slide() {
    this.#read(this.#instants[Number(this.slider.value)] ?? null);
  }

  /** Read the values at an instant; null reads the latest, and shows no cursor. */
  #read(atMs) {
    this.#atMs = atMs !== null && this.#instants.includes(atMs) ? atMs : null;
    for (const { showAt } of this.#drawn) showAt(this.#atMs);
    const readAt = this.#atMs ?? this.#instants.at(-1);
    if (readAt === undefined) {
      setText(this.readout, "No values in these hours.");
      return;
    }
    const values = this.#series.map((series) => valueAt(series, readAt));
    const text = `${clockOf(readAt)}  ${values.join("  ")}`;
    setText(this.readout, text);
    this.slider.value = String(this.#instants.indexOf(readAt));
    this.slider.setAttribute("aria-valuetext", text);
  }

  #fillTable() {
    if (!this.table.open) return;
    const head = element("tr", {}, element("th", { scope: "col" }, "Time"));
    for (const { vital } of this.#series) {
      const { label, unit } = vitalOf(vital);
      head.append(element("th", { scope: "col" }, `${label} (${unit})`));
    }
    const rows = this.#instants.toReversed().map((atMs) => {
      const row = element("tr", {}, element("th", { scope: "row" }, clockOf(atMs)));
      for (const series of this.#series) row.append(element("td", {}, numberAt(series, atMs) ?? "–"));
      return row;
    });
    const caption = element("caption", {}, `A value a minute, the latest first; – where there was none`);
    const table = element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...rows));
    const scrolled = element("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Values" }, table);
    this.table.replaceChildren(this.table.firstChild, scrolled);
  }
}

/** How much has been learned of what is usual, of what is needed to judge by it (docs/alarms.md). */
const learningInWords = (share) =>
  share === undefined ? "usual not known yet" : `usual: ${Math.floor(100 * share)} % learned`;

function seriesOf(vital, history, status, spans, { from_ms, to_ms }) {
  const values = history.vitals[vital] ?? [];
  const inWindow = history.at_ms.map((atMs) => atMs >= from_ms);
  return {
    ...vitalOf(vital),
    vital,
    at_ms: history.at_ms.filter((_, place) => inWindow[place]),
    values: history.at_ms.map((_, place) => values[place] ?? null).filter((_, place) => inWindow[place]),
    usual: usualBand(status, vital),
    limits: status?.limits?.[vital] ?? [null, null],
    marks: spans.filter((span) => span.vitals.includes(vital)),
    from_ms,
    to_ms,
  };
}

function numberAt({ vital, at_ms, values }, atMs) {
  const value = values[at_ms.indexOf(atMs)] ?? null;
  return value === null ? null : numberOf(vital, value);
}

function valueAt(series, atMs) {
  const number = numberAt(series, atMs);
  return number === null ? `${series.label} –` : `${series.label} ${number} ${series.unit}`;
}
