/** Vitals, numbers, instants and durations as people on a ward write them. No DOM, no clock. */

// The table of core/vitals.py: labels, units as people write UCUM's, digits as a chart writes them.
export const VITALS = new Map([
  ["heart_rate", { label: "HR", name: "Heart rate", unit: "/min", digits: 0 }],
  ["oxygen_saturation", { label: "SpO2", name: "Oxygen saturation", unit: "%", digits: 0 }],
  ["respiratory_rate", { label: "RR", name: "Respiratory rate", unit: "/min", digits: 0 }],
  ["body_temperature", { label: "Temp", name: "Body temperature", unit: "°C", digits: 1 }],
  ["systolic_pressure", { label: "SBP", name: "Systolic pressure", unit: "mmHg", digits: 0 }],
  ["diastolic_pressure", { label: "DBP", name: "Diastolic pressure", unit: "mmHg", digits: 0 }],
  ["mean_pressure", { label: "MAP", name: "Mean pressure", unit: "mmHg", digits: 0 }],
  ["skin_temperature", { label: "Skin", name: "Skin temperature", unit: "°C", digits: 1 }],
]);

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

// Conditions of docs/alarms.md and docs/technical.md that are not "a vital is too high" or "too low".
const CONDITIONS = {
  "*": "All alarms", // in a status: what is paused or off for all conditions
  "news2.high": "NEWS2",
  "vitals.unusual": "Unusual vitals",
  "vitals.deteriorating": "Deterioration",
  "heart_rate.nightly": "Resting heart rate at night",
  "river.unusual": "Unusual for river’s detector",
  "movement.fall": "Possible fall",
  "heart_rhythm.irregular": "Irregular pulse",
  "heart_rhythm.pause": "Pauses between beats",
  "heart_rhythm.fast": "Fast beats",
  "device.no_data": "No data",
  "device.off_body": "Not worn",
  "device.poor_signal": "Poor signal",
  "device.battery_low": "Battery low",
  "device.clock_wrong": "Clock wrong",
  "device.refused": "Readings refused",
  "device.stuck": "Heart rate stuck",
  "device.drift": "Sensor loose or drifting",
  "device.spikes": "Values jump",
  "device.duplicates": "Readings come twice",
};

/** "heart_rate.high" as "Heart rate high". */
export function conditionInWords(condition) {
  const [subject, side] = condition.split(".");
  const name = vitalOf(subject).name;
  return CONDITIONS[condition] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)} ${(side ?? "").replaceAll("_", " ")}`.trim();
}

/** {label, name, unit, digits}; what is not in the table, as parameters of NEWS2, is called by its own name. */
export function vitalOf(name) {
  const words = name.replaceAll("_", " ");
  return VITALS.get(name) ?? { label: words, name: words, unit: "", digits: 1 };
}

/** A vital's value as a chart writes it, without its unit: halves upwards, as `written` in core/vitals.py. */
export function numberOf(vital, value) {
  const { digits } = vitalOf(vital);
  const step = 10 ** -digits;
  return (Math.floor(value / step + 0.5 + 1e-9) * step).toFixed(digits);
}

/** "charge_nurse" as "charge nurse". */
export const roleInWords = (role) => role.replaceAll("_", " ");

/** 14:02, on the clock of this station. */
export function clockOf(atMs) {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** 14:02 today, and with its date on any other day. */
export function momentOf(atMs, nowMs) {
  const [day, today] = [atMs, nowMs].map((ms) => new Date(ms).toDateString());
  if (day === today) return clockOf(atMs);
  return `${new Date(atMs).toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clockOf(atMs)}`;
}

/** 14:02:45. */
export function clockWithSecondsOf(atMs) {
  return `${clockOf(atMs)}:${String(new Date(atMs).getSeconds()).padStart(2, "0")}`;
}

/** "45 s", "2 min 20 s", "4 h", "1 h 5 min": the two largest units that are there, rounded down. */
export function durationOf(lengthMs) {
  let restMs = Math.max(0, lengthMs);
  const first = UNITS.findIndex(([, unitMs]) => restMs >= unitMs);
  if (first < 0) return "0 s";
  const parts = UNITS.slice(first, first + 2).map(([unit, unitMs]) => {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    return count > 0 ? `${count} ${unit}` : "";
  });
  return parts.filter(Boolean).join(" ");
}
