/** What a tile says in words, from the records alone. No DOM; the feed's time is an argument. */

import { ageOf, countdownOf, isOld } from "./ages.js";
import { presenceOf } from "./signals.js";
import { conditionInWords, numberOf, vitalOf } from "./words.js";

// Short enough for a tile; the names are those of NEWS2's parameters (core/news2_chart.py).
const PARAMETERS = {
  respiratory_rate: "RR",
  oxygen_saturation: "SpO2",
  on_oxygen: "O2",
  systolic_pressure: "BP",
  heart_rate: "HR",
  consciousness: "ACVPU",
  body_temperature: "temp",
};
const PARAMETER_COUNT = 7;

/** "5–8" where something is missing, "6" where nothing is. */
export function news2Range({ lowest, highest }) {
  return lowest === highest ? String(lowest) : `${lowest}–${highest}`;
}

/** "RR and temp missing", "" where nothing is. */
export function news2Missing({ missing }) {
  if (missing.length === 0) return "";
  if (missing.length === PARAMETER_COUNT) return "nothing measured";
  const names = missing.map((name) => PARAMETERS[name] ?? vitalOf(name).label);
  const last = names.pop();
  return `${names.length ? `${names.join(", ")} and ${last}` : last} missing`;
}

/** "5 of 7": how many of the parameters the score rests on; "" where it is all of them. */
export function news2Known({ missing }) {
  return missing.length === 0 ? "" : `${PARAMETER_COUNT - missing.length} of ${PARAMETER_COUNT}`;
}

/** How an alarm stands, beside its text: for how long, who is on it, whom it has been passed on to. */
export function standingOf(alarm, nowMs) {
  const left = alarm.until_ms === null ? "" : ` ${countdownOf(alarm.until_ms - nowMs)}`;
  const by = alarm.by ? ` by ${alarm.by.name}` : "";
  if (alarm.inactivation === "alarm-off") return "off";
  if (presenceOf(alarm) === "inactive") return `paused${left}`;
  if (presenceOf(alarm) === "acknowledged") return `acknowledged${by}${left && ` · ${left.trim()}`}`;
  const parts = [ageOf(nowMs - alarm.onset_ms)];
  if (alarm.state === "latched") parts.push("over, not seen");
  if (alarm.inactivation === "audio-paused") parts.push(`silent${left}`);
  return parts.join(" · ") + (alarm.target ? ` → ${alarm.target}` : "");
}

/** What somebody has paused or turned off for a patient: [{sign, text}]; never to be hidden. */
export function inhibitionsOf(status, nowMs) {
  if (status === null) return [];
  const found = Object.entries(status.inhibited ?? {}).map(([condition, untilMs]) =>
    untilMs === null
      ? { sign: "bellOff", text: `${conditionInWords(condition)} off` }
      : { sign: "bellPaused", text: `${conditionInWords(condition)} paused ${countdownOf(untilMs - nowMs)}` },
  );
  const audioMs = status.audio_paused_until_ms ?? null;
  if (audioMs !== null) found.push({ sign: "bellPaused", text: `Sound paused ${countdownOf(audioMs - nowMs)}` });
  return found;
}

/** A whole tile in one sentence for those who hear the page: also what is seen there by a stroke or a clock only. */
export function tileInWords(patient, alarms, notes, nowMs) {
  const bed = `${patient.bed ? `Bed ${patient.bed}` : "No bed"}, ward ${patient.ward}`;
  const heard = alarms.map((alarm) => `${alarm.priority} alarm, ${alarm.text}, ${standingOf(alarm, nowMs)}`);
  const vitals = Object.entries(patient.status?.vitals ?? {}).map((vital) => vitalInWords(vital, nowMs));
  const news2 = patient.status?.news2 ? [news2InWords(patient.status.news2)] : [];
  const noted = notes.map(({ text }) => text);
  return `${[`${bed}, ${patient.patient}`, ...heard, ...noted, ...vitals, ...news2].join(". ")}.`;
}

function vitalInWords([vital, { value, observed_at_ms: observedAtMs }], nowMs) {
  const said = `${vitalOf(vital).name} ${numberOf(vital, value)}`;
  const ageMs = nowMs - observedAtMs;
  if (ageOf(ageMs) === "now") return said;
  return isOld(vital, ageMs) ? `${said}, too old, ${ageOf(ageMs)} ago` : `${said}, ${ageOf(ageMs)} ago`;
}

function news2InWords(news2) {
  return [`NEWS2 ${news2Range(news2).replace("–", " to ")}`, news2Missing(news2)].filter(Boolean).join(", ");
}
