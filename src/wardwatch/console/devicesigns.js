/** What a tile says of a patient's devices: connection, battery, signal, and what is wrong with them. */

import { ageOf } from "./ages.js";
import { element } from "./dom.js";
import { batteryOf, signalBars } from "./icons.js";

// A device that measures all the time and was not heard for a minute is not connected as it should be. Our own
// choice, for a sign only: its alarm is device.no_data (docs/technical.md).
const HEARD_WITHIN_MS = 60_000;
const BATTERY_LOW = 20; // % (docs/technical.md, device.battery_low)

const SIGNAL_POOR = 0.5; // as device.poor_signal

const least = (devices, key) => Math.min(...devices.map((device) => device[key] ?? Infinity));
const percentOf = (share) => `${Math.round(share)} %`;

/** The signal and the battery, of the weakest where there are several devices. */
export class DeviceSigns {
  constructor() {
    this.node = element("span", { class: "devices" });
    this.shown = "";
  }

  update(status) {
    const devices = status?.devices ?? [];
    const [quality, charge] = [least(devices, "signal_quality"), least(devices, "battery")];
    const shown = `${quality}/${charge}`;
    if (shown === this.shown) return;
    this.shown = shown;
    const signs = [];
    if (quality <= 1) signs.push(signOf(signalBars(quality), "", `Signal ${percentOf(quality * 100)}`));
    if (charge <= 100) signs.push(signOf(batteryOf(charge), `${Math.round(charge)}`, `Battery ${percentOf(charge)}`));
    this.node.replaceChildren(...signs);
  }
}

function signOf(drawn, text, words) {
  const shown = element("span", { "aria-hidden": "true" }, text);
  return element("span", { class: "sign", title: words }, drawn, shown, element("span", { class: "for-readers" }, words));
}

/** What is wrong with the devices: [{sign, text}]; what has an alarm of its own is told in its words only. */
export function faultsOf(status, technicalAlarms, nowMs) {
  const devices = status?.devices ?? [];
  const faults = technicalAlarms.map((alarm) => ({ sign: "plug", text: alarm.text }));
  const isTold = (condition) => technicalAlarms.some((alarm) => alarm.condition === condition);
  const heardMs = Math.max(...devices.map((device) => device.seen_ms));
  if (devices.length > 0 && nowMs - heardMs > HEARD_WITHIN_MS && !isTold("device.no_data")) {
    faults.push({ sign: "out", text: `Not heard for ${ageOf(nowMs - heardMs)}` });
  }
  if (devices.some((device) => device.worn === false) && !isTold("device.off_body")) {
    faults.push({ sign: "plug", text: "Not worn" });
  }
  if (least(devices, "battery") <= BATTERY_LOW && !isTold("device.battery_low")) {
    faults.push({ sign: "battery", text: `Battery ${percentOf(least(devices, "battery"))}` });
  }
  if (least(devices, "signal_quality") < SIGNAL_POOR && !isTold("device.poor_signal")) {
    faults.push({ sign: "plug", text: "Poor signal" });
  }
  return faults;
}
