/** What the keys do, and what the signs mean. */

import { checkbox, openDialog } from "./dialogs.js";
import { element } from "./dom.js";
import { icon, shapeOf } from "./icons.js";

const KEYS = [
  ["← ↑ → ↓", "go from bed to bed"],
  ["Home, End", "first and last bed"],
  ["Enter", "open the bed"],
  ["Escape", "close what is open"],
  ["A", "next alarm that waits for an answer", true],
  ["N", "show or hide the name of the bed", true],
  ["S", "sound on or off", true],
  ["P", "pause the sound, or end the pause", true],
  ["O", "put the beds in order now", true],
  ["W", "choose wards", true],
  ["T", "dark, light or as the computer is set", true],
  ["?", "this help", true],
];

const SIGNS = [
  [() => shapeOf("high"), "High priority: now. Flashes fast; 10 pulses"],
  [() => shapeOf("medium"), "Medium priority: soon. Flashes slowly; 3 pulses"],
  [() => shapeOf("low"), "Low priority: be aware. Steady; 1 pulse"],
  [() => icon("check"), "Acknowledged: somebody is on it"],
  [() => icon("bellPaused"), "Paused for a while, with what is left of it"],
  [() => icon("bellOff"), "Turned off until somebody resumes it"],
  [() => icon("plug"), "About a device, not about the patient"],
];

export function openHelp(preferences) {
  const keys = KEYS.map(([key, does]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, does)]);
  const signs = SIGNS.map(([draw, means]) => [element("dt", {}, draw()), element("dd", {}, means)]);
  openDialog(
    "Help",
    element("h3", {}, "Signs"),
    element("dl", { class: "legend" }, ...signs.flat()),
    element("h3", {}, "Keys"),
    element("dl", { class: "legend" }, ...keys.flat()),
    checkbox("Use the single letters as keys", preferences.get("shortcuts"), (isOn) =>
      preferences.set("shortcuts", isOn),
    ),
  );
}
