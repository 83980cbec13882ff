/** The vitals of a tile: one cell each, with the value, its age and its trend. */

import { ageOf, isOld } from "./ages.js";
import { element, setAttribute, setHidden, setText } from "./dom.js";
import { news2Known, news2Missing, news2Range } from "./phrases.js";
import { drawSparkline, newSparkline } from "./sparkline.js";
import { numberOf, vitalOf } from "./words.js";

// What a tile has room for; an opened one shows all. Blood pressure is one cell, as on a chart.
const CELLS = [
  { vital: "heart_rate" },
  { vital: "oxygen_saturation" },
  { vital: "respiratory_rate" },
  { vital: "systolic_pressure", label: "BP", second: "diastolic_pressure" },
  { vital: "body_temperature" },
];
// NEWS2, Royal College of Physicians 2017: a total of 5 asks for an urgent response.
const URGENT_TOTAL = 5;
const SHOWN_MINUTES = 60;

export class Cells {
  constructor() {
    this.cells = CELLS.map((kind) => new Cell(kind));
    this.news2 = new News2Cell();
    this.node = element("div", { class: "cells" }, ...this.cells.map((cell) => cell.node), this.news2.node);
  }

  update(status, emphasis, nowMs) {
    for (const cell of this.cells) cell.update(status, emphasis, nowMs);
    this.news2.update(status, emphasis);
  }

  draw(trend, nowMs) {
    // A recording that is played faster than it was is ahead of every clock here.
    const end = Math.max(nowMs / 60_000, trend.newestMinute);
    for (const { kind, spark } of this.cells) {
      drawSparkline(spark, kind.vital, trend.points(kind.vital, end - SHOWN_MINUTES), end);
    }
  }
}

class Cell {
  constructor(kind) {
    const { label, unit } = vitalOf(kind.vital);
    this.kind = kind;
    this.age = element("span", { class: "cell-age" });
    this.value = element("span", { class: "cell-value" });
    this.spark = newSparkline();
    const units = element("span", { class: "unit" }, unit);
    const labelled = element("span", { class: "cell-label" }, kind.label ?? label, " ", units);
    this.node = element(
      "div",
      { class: "cell", "data-vital": kind.vital },
      element("div", { class: "cell-top" }, labelled, this.value),
      element("div", { class: "cell-end" }, this.spark, this.age),
    );
  }

  update(status, emphasis, nowMs) {
    const { vital, second } = this.kind;
    const [one, other] = [status?.vitals[vital], second && status?.vitals[second]];
    const text = one === undefined ? "–" : numberOf(vital, one.value);
    setText(this.value, other === undefined ? text : `${text}/${numberOf(second, other.value)}`);
    const ageMs = one === undefined ? null : nowMs - one.observed_at_ms;
    setText(this.age, ageMs === null ? "" : ageOf(ageMs));
    setAttribute(this.node, "data-is", freshness(vital, ageMs));
    setAttribute(this.node, "data-alarm", emphasis.get(vital) ?? (second && emphasis.get(second)));
  }
}

function freshness(vital, ageMs) {
  if (ageMs === null) return "missing";
  if (isOld(vital, ageMs)) return "old";
  return ageOf(ageMs) === "now" ? "fresh" : null;
}

class News2Cell {
  constructor() {
    this.value = element("span", { class: "cell-value" });
    this.missing = element("span", { class: "news2-missing" });
    this.known = element("span", { class: "news2-known" });
    const label = element("span", { class: "cell-label" }, "NEWS2");
    const end = element("div", { class: "cell-end" }, label, this.known, this.missing);
    this.node = element("div", { class: "cell news2" }, element("div", { class: "cell-top" }, this.value), end);
  }

  update(status, emphasis) {
    const news2 = status?.news2 ?? null;
    setText(this.value, news2 === null ? "–" : news2Range(news2));
    setText(this.known, news2 === null ? "" : news2Known(news2));
    setText(this.missing, news2 === null ? "" : news2Missing(news2));
    setHidden(this.missing, news2 === null || news2.missing.length === 0);
    setAttribute(this.node, "data-urgent", news2 !== null && news2.lowest >= URGENT_TOTAL);
    setAttribute(this.node, "data-alarm", emphasis.get("news2"));
  }
}
