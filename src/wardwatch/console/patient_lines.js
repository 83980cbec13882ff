/** In an opened tile: what somebody has paused or turned off for the patient, and the devices. */

import { ageOf } from "./ages.js";
import { element, setHidden, setText } from "./dom.js";
import { icon } from "./icons.js";
import { inhibitionsOf } from "./phrases.js";

const MINUTE_MS = 60_000;

/** "e4-03: heard now, worn, signal 93 %, battery 81 %"; what the device has not said is left out. */
export function deviceInWords({ device, seen_ms, battery, signal_quality, worn }, nowMs) {
  const ageMs = nowMs - seen_ms;
  const parts = [ageMs < MINUTE_MS ? "heard now" : `heard ${ageOf(ageMs)} ago`];
  if (worn !== null) parts.push(worn ? "worn" : "not worn");
  if (signal_quality !== null) parts.push(`signal ${Math.round(100 * signal_quality)} %`);
  if (battery !== null) parts.push(`battery ${Math.round(battery)} %`);
  return `${device}: ${parts.join(", ")}`;
}

export class PatientLines {
  constructor() {
    this.inhibitions = element("ul", { class: "patient-lines inhibitions", role: "list" });
    this.devices = element("ul", { class: "patient-lines", role: "list", "aria-label": "Devices" });
  }

  show(status, nowMs) {
    this.#fill(this.inhibitions, inhibitionsOf(status, nowMs));
    const devices = status?.devices ?? [];
    this.#fill(this.devices, devices.map((device) => ({ sign: "", text: deviceInWords(device, nowMs) })));
  }

  #fill(list, lines) {
    const signs = lines.map(({ sign }) => `${sign};`).join("");
    if (list.dataset.signs !== signs) {
      list.dataset.signs = signs;
      list.replaceChildren(...lines.map(({ sign }) => element("li", {}, sign ? icon(sign) : "", element("span"))));
    }
    lines.forEach(({ text }, place) => setText(list.children[place].lastElementChild, text));
    setHidden(list, lines.length === 0);
  }
}
