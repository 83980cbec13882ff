/**
 * Technical alarms, apart from those about patients: those about devices in a strip below, and those about the
 * monitoring itself, which mean that nobody may be watching, across the top.
 */

import { element, setAttribute, setHidden, setText } from "./dom.js";
import { icon, shapeOf } from "./icons.js";
import { NOBODY } from "./store.js";
import { standingOf } from "./phrases.js";
import { byUrgency, isTechnical, presenceOf } from "./signals.js";

const LOOKS_THE_SAME = (alarm) => `${alarm.event}`;

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
    store.subscribe(({ type }) => ["reset", "alarm", "gone"].includes(type) && this.#ask());
    setInterval(() => this.#ask(), 1000);
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
    if (line === undefined || line.look !== LOOKS_THE_SAME(alarm)) {
      const before = line?.node;
      line = this.#newLine(alarm);
      before?.replaceWith(line.node);
      this.#lines.set(alarm.alarm, line);
    }
    setText(line.standing, standingOf(alarm, nowMs));
    return line.node;
  }

  #newLine(alarm) {
    const standing = element("span", { class: "technical-standing" });
    const where = alarm.patient === NOBODY ? "" : `Bed ${alarm.bed || "–"}`;
    const content = [
      element("span", { class: "flag" }, shapeOf(alarm.priority), alarm.priority.toUpperCase()),
      icon("plug"),
      element("span", { class: "technical-where" }, where),
      element("span", { class: "technical-text" }, alarm.text),
      standing,
    ];
    const inner =
      alarm.patient === NOBODY
        ? element("div", { class: "technical-line" }, ...content)
        : element("button", { class: "technical-line", type: "button" }, ...content);
    if (alarm.patient !== NOBODY) inner.addEventListener("click", () => this.#onOpen(alarm.patient));
    const node = element("li", { "data-priority": alarm.priority, "data-presence": presenceOf(alarm) }, inner);
    setAttribute(node, "data-alarm-name", alarm.alarm);
    return { node, standing, look: LOOKS_THE_SAME(alarm) };
  }
}
