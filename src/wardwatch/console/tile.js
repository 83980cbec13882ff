/**
 * A bed's tile. It is made once a patient and then only changed: `update` for what the records say, `tick` for
 * what time alone changes, `draw` for the trends.
 */

import { Cells } from "./cells.js";
import { DeviceSigns, faultsOf } from "./devicesigns.js";
import { element, setAttribute, setChildren, setHidden, setText } from "./dom.js";
import { icon, shapeOf } from "./icons.js";
import { inhibitionsOf, standingOf, tileInWords } from "./phrases.js";
import { vitalsOf } from "./reasons.js";
import { isTechnical, presenceOf } from "./signals.js";

const MASKED = "••••••";
const MOST_FURTHER_ALARMS = 2;

export class Tile {
  constructor(patient, { onOpen, onName }) {
    this.patient = patient;
    this.bed = element("span", { class: "bed" });
    this.ward = element("span", { class: "ward" });
    this.pseudonym = element("span", { class: "pseudonym" }, patient);
    this.open = element(
      "button",
      { class: "tile-open", type: "button", tabindex: "-1", "data-patient": patient },
      this.bed,
      this.ward,
      this.pseudonym,
    );
    this.open.addEventListener("click", () => onOpen(patient));
    this.name = nameButton(patient, () => onName(patient));
    this.alarm = new AlarmLine();
    this.further = element("ul", { class: "further", role: "list" });
    this.cells = new Cells();
    this.devices = new DeviceSigns();
    this.notes = new Notes();
    this.node = element(
      "li",
      { class: "tile", "data-patient": patient },
      element("div", { class: "tile-head" }, this.open, this.name, this.devices.node),
      this.alarm.node,
      this.further,
      this.cells.node,
      this.notes.node,
    );
  }

  update({ patient, alarms, nowMs }) {
    this.record = patient;
    this.alarms = alarms;
    const own = alarms.filter((alarm) => !isTechnical(alarm));
    const first = own[0] ?? null;
    this.place = `${patient.ward} ${patient.bed}`;
    setText(this.bed, patient.bed || "–");
    setText(this.ward, patient.ward);
    setAttribute(this.node, "data-presence", first && presenceOf(first));
    setAttribute(this.node, "data-priority", first?.priority);
    this.alarm.update(first);
    this.#updateFurther(own.slice(1));
    this.emphasis = emphasisOf(own);
    this.tick(nowMs);
  }

  tick(nowMs) {
    const { record, alarms } = this;
    this.cells.update(record.status, this.emphasis, nowMs);
    this.alarm.tick(nowMs);
    this.devices.update(record.status);
    const technical = alarms.filter(isTechnical);
    const inhibitions = inhibitionsOf(record.status, nowMs);
    const faults = faultsOf(record.status, technical, nowMs);
    this.notes.update([...inhibitions, ...faults]);
    // A technical alarm is among the faults, and heard as an alarm already.
    this.#sayInWords([...inhibitions, ...faults.slice(technical.length)], nowMs);
  }

  /** What has the focus is read out anew with each change of its name: there only what is new of alarms counts. */
  #sayInWords(notes, nowMs) {
    const events = this.alarms.map((alarm) => alarm.event).join();
    if (document.activeElement === this.open && events === this.saidEvents) return;
    this.saidEvents = events;
    setAttribute(this.open, "aria-label", tileInWords(this.record, this.alarms, notes, nowMs));
  }

  draw(trend, nowMs) {
    this.cells.draw(trend, nowMs);
  }

  /** The name, for as long as it is unmasked; null masks it. */
  showName(name) {
    setText(this.name.lastElementChild, name ?? MASKED);
    setAttribute(this.name, "aria-pressed", String(name !== null));
    const label = name === null ? askingFor(this.patient) : `${name}; hide the name`;
    setAttribute(this.name, "aria-label", label);
  }

  #updateFurther(alarms) {
    const shown = alarms.slice(0, MOST_FURTHER_ALARMS).map((alarm) => {
      const flag = element("span", { class: "flag" }, shapeOf(alarm.priority), alarm.priority.toUpperCase());
      return element("li", { "data-presence": presenceOf(alarm) }, flag, element("span", {}, alarm.text));
    });
    const left = alarms.length - shown.length;
    if (left > 0) shown.push(element("li", {}, `and ${left} more`));
    const text = shown.map((line) => line.textContent + line.dataset.presence).join("|");
    if (text !== this.furtherText) this.further.replaceChildren(...shown);
    this.furtherText = text;
    setHidden(this.further, shown.length === 0);
  }
}

const askingFor = (patient) => `Show the name of ${patient}`;

function nameButton(patient, onClick) {
  const label = askingFor(patient);
  const button = element(
    "button",
    { class: "tile-name", type: "button", tabindex: "-1", "aria-pressed": "false", "aria-label": label },
    icon("eye"),
    element("span", { class: "tile-name-text" }, MASKED),
  );
  button.addEventListener("click", onClick);
  return button;
}

/** What must never be overlooked beside the alarms: what is paused or off, and what is wrong with the devices. */
class Notes {
  constructor() {
    this.node = element("ul", { class: "notes", role: "list" });
  }

  update(notes) {
    const lines = [...this.node.children];
    while (lines.length < notes.length) lines.push(element("li", {}, icon("plug"), element("span")));
    setChildren(this.node, lines.slice(0, notes.length));
    notes.forEach((note, index) => this.#write(lines[index], note));
    setHidden(this.node, notes.length === 0);
  }

  #write(line, { sign, text }) {
    if (line.dataset.sign !== sign) {
      line.dataset.sign = sign;
      line.firstElementChild.replaceWith(icon(sign));
    }
    setText(line.lastElementChild, text);
  }
}

/** Vital -> the presence and priority with which its cell is marked, the most urgent alarm's. */
function emphasisOf(alarms) {
  const emphasis = new Map();
  for (const alarm of alarms) {
    const mark = presenceOf(alarm) === "on" ? alarm.priority : "seen";
    const about = alarm.condition.startsWith("news2") ? ["news2"] : vitalsOf(alarm);
    for (const vital of about) if (!emphasis.has(vital)) emphasis.set(vital, mark);
  }
  return emphasis;
}

/** The most urgent alarm: shape, priority in words, text, and how it stands. */
class AlarmLine {
  constructor() {
    this.flag = element("span", { class: "flag" });
    this.text = element("span", { class: "alarm-text" });
    this.standing = element("span", { class: "alarm-standing" });
    this.node = element("div", { class: "tile-alarm", hidden: "" }, this.flag, this.text, this.standing);
    this.alarm = null;
  }

  update(alarm) {
    setHidden(this.node, alarm === null);
    const flagged = alarm && `${alarm.priority} ${presenceOf(alarm)}`;
    if (alarm !== null && flagged !== this.flagged) {
      const sign = presenceOf(alarm) === "acknowledged" ? [icon("check")] : [];
      this.flag.replaceChildren(shapeOf(alarm.priority), ...sign, alarm.priority.toUpperCase());
    }
    this.flagged = flagged;
    this.alarm = alarm;
    if (alarm !== null) setText(this.text, alarm.text);
  }

  tick(nowMs) {
    if (this.alarm !== null) setText(this.standing, standingOf(this.alarm, nowMs));
  }
}

