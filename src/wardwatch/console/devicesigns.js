/** What a tile says of a patient's devices: connection, battery, signal, and what is wrong with them. */

import { ageOf } from "./ages.js";
import { element, setAttribute, setText } from "./dom.js";
import { batteryOf, icon, signalBars } from "./icons.js";

// A device that measures all the time and was not heard for a minute is not connected as it should be. Our own
// choice, for a sign only: its alarm is device.no_data (docs/technical.md).
const HEARD_WITHIN_MS = 60_000;
const BATTERY_LOW = 20; // % (docs/technical.md, device.battery_low)

export class DeviceSigns {
  constructor() {
    this.node = element("span", { class: "devices" });
    this.shown = "";
  }

  update(status, technicalAlarms, nowMs) {
    const signs = signsOf(status?.devices ?? [], technicalAlarms, nowMs);
    const shown = signs.map(({ text, level }) => `${text}/${level ?? ""}`).join("|");
    if (shown === this.shown) return;
    this.shown = shown;
    this.node.replaceChildren(...signs.map(nodeOf));
  }
}

/** [{kind, text, words, level, isBad}], of the weakest battery and signal where there are several devices. */
export function signsOf(devices, technicalAlarms, nowMs) {
  const signs = [];
  const least = (key) => Math.min(...devices.map((device) => device[key] ?? Infinity));
  const heardMs = Math.max(...devices.map((device) => device.seen_ms));
  if (technicalAlarms.length > 0) {
    const text = technicalAlarms.length === 1 ? "device" : `${technicalAlarms.length}`;
    signs.push({ kind: "plug", text, words: technicalAlarms.map((alarm) => alarm.text).join("; "), isBad: true });
  }
  if (devices.length === 0) return signs;
  if (nowMs - heardMs > HEARD_WITHIN_MS) {
    const text = ageOf(nowMs - heardMs);
    signs.push({ kind: "silent", text, words: `No device heard for ${text}`, isBad: true });
  }
  if (devices.some((device) => device.worn === false)) {
    signs.push({ kind: "text", text: "not worn", words: "A device is not worn", isBad: true });
  }
  const quality = least("signal_quality");
  if (quality <= 1) {
    const percent = Math.round(quality * 100);
    signs.push({ kind: "signal", text: "", level: quality, words: `Signal ${percent} %`, isBad: quality < 0.5 });
  }
  const battery = least("battery");
  if (battery <= 100) {
    const percent = Math.round(battery);
    const isBad = percent <= BATTERY_LOW;
    signs.push({ kind: "battery", text: `${percent}%`, level: battery, words: `Battery ${percent} %`, isBad });
  }
  return signs;
}

const DRAWN = {
  plug: () => icon("plug"),
  silent: () => icon("out"),
  signal: ({ level }) => signalBars(level),
  battery: ({ level }) => batteryOf(level),
};

function nodeOf(sign) {
  const drawn = DRAWN[sign.kind]?.(sign);
  const text = element("span", { "aria-hidden": "true" });
  setText(text, sign.text);
  const node = element("span", { class: "sign", title: sign.words }, ...(drawn ? [drawn] : []), text);
  node.append(element("span", { class: "for-readers" }, sign.words));
  setAttribute(node, "data-bad", sign.isBad);
  return node;
}
