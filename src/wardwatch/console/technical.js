/**
 * Technical alarms, apart from those about patients: those about devices in a strip below, and those about the
 * monitoring itself, which mean that nobody may be watching, across the top.
 */

import { element, setAttribute, setHidden, setText } from "./dom.js";
import { icon, shapeOf } from "./icons.js";
import { NOBODY } from "./store.js";
import { standingOf } from "./phrases.js";
import { byUrgency, isTechnical, presenceOf } from "./signals.js";

export class TechnicalStrip {
  #parts;
  #store;
  #link;
  #onOpen;
  #lines = new Map(); // alarm -> line
  #frame = 0;

  /** `parts` are {strip, monitoring}; `onOpen(patient)` opens a tile. */
  constructor(parts, { store, link }, onOpen) {
    this.#parts = parts;
    this.#store = store;
    this.#link = link;
    this.#onOpen = onOpen;
    store.subscribe(({ type }) => this.#note(type));
    setInterval(() => this.#ask(), 1000);
  }

  #note(type) {
    // Also where nobody looks: at a logout nothing of anybody may stay in the page.
    if (type === "reset" && this.#store.alarms.size === 0) this.#render();
    else if (["reset", "alarm", "gone"].includes(type)) this.#ask();
  }

  #ask() {
    if (document.hidden) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #render() {
    const alarms = [...this.#store.alarms.values()].filter(isTechnical).sort(byUrgency);
    const ofDevices = alarms.filter((alarm) => alarm.patient !== NOBODY);
    const ofMonitoring = alarms.filter((alarm) => alarm.patient === NOBODY);
    const { strip, monitoring } = this.#parts;
    this.#fill(strip.querySelector("ul"), ofDevices);
    setText(strip.querySelector("h2"), `Technical ${ofDevices.length}`);
    setHidden(strip, ofDevices.length === 0);
    this.#fill(monitoring.querySelector("ul"), ofMonitoring);
    setHidden(monitoring, ofMonitoring.length === 0);
    const open = new Set(alarms.map((alarm) => alarm.alarm));
    for (const name of [...this.#lines.keys()]) if (!open.has(name)) this.#lines.delete(name);
  }

  #fill(list, alarms) {
    const nowMs = this.#link.nowMs();
    const nodes = alarms.map((alarm) => this.#lineOf(alarm, nowMs));
    nodes.forEach((node, index) => {
      if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
    });
    while (list.children.length > nodes.length) list.lastElementChild.remove();
  }

  #lineOf(alarm, nowMs) {
    let line = this.#lines.get(alarm.alarm);
    if (line === undefined) this.#lines.set(alarm.alarm, (line = new Line(alarm, this.#onOpen)));
    line.update(alarm, this.#store.patients.get(alarm.patient) ?? alarm, nowMs);
    return line.node;
  }
}

class Line {
  #flag = element("span", { class: "flag" });
  #where = element("span", { class: "technical-where" });
  #text = element("span", { class: "technical-text" });
  #standing = element("span", { class: "technical-standing" });
  #priority = null;

  constructor(alarm, onOpen) {
    const parts = [this.#flag, icon("plug"), this.#where, this.#text, this.#standing];
    this.node = element("li", {}, alarm.patient === NOBODY ? aloud(parts) : opening(parts, alarm.patient, onOpen));
  }

  /** `place` is where the patient is now, which may not be where the alarm began. */
  update(alarm, place, nowMs) {
    setAttribute(this.node, "data-priority", alarm.priority);
    setAttribute(this.node, "data-presence", presenceOf(alarm));
    if (alarm.priority !== this.#priority) {
      this.#flag.replaceChildren(shapeOf(alarm.priority), alarm.priority.toUpperCase());
    }
    this.#priority = alarm.priority;
    const ward = element("span", { class: "ward" }, `${place.ward} `);
    if (alarm.patient !== NOBODY && this.#where.textContent !== whereOf(place)) {
      this.#where.replaceChildren(ward, bedOf(place));
    }
    setText(this.#text, alarm.text);
    setText(this.#standing, standingOf(alarm, nowMs));
  }
}

const bedOf = (place) => `Bed ${place.bed || "–"}`;
const whereOf = (place) => `${place.ward} ${bedOf(place)}`;

/** About the monitoring: there is nothing to open. */
const aloud = (parts) => element("div", { class: "technical-line" }, ...parts);

function opening(parts, patient, onOpen) {
  const button = element("button", { class: "technical-line", type: "button" }, ...parts);
  button.addEventListener("click", () => onOpen(patient));
  return button;
}
