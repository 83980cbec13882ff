/**
 * An alarm's reasons in words: one sentence, and the details. No DOM, no clock.
 *
 * What `why` holds is told in docs/alarms.md and docs/technical.md. What a rule does not say is left out, and a
 * rule that is not known here still has its text, its start, and whatever all rules say.
 */

import { clockWithSecondsOf, durationOf, momentOf, numberOf, vitalOf } from "./words.js";

// docs/alarms.md: the usual band reaches two spreads to both sides of what is usual.
const BAND_SPREADS = 2;
// core/explain_deterioration.py: vitals that make up so much of the score are named.
const NAMED_SHARE = 0.2;

const SOURCES = { standard: "standard limit", ward: "the ward’s limit", patient: "the patient’s own limit" };
const DETECTORS = {
  cusum: "a jump or drift that adds up (CUSUM)",
  trend: "a trend over hours",
  spot: "an extreme for this patient (SPOT)",
  variance_ratio: "a change in how much it varies",
};

/** [low, high] of a patient's own band of a vital, from a status; null where it is not known. */
export function usualBand(status, vital) {
  const usual = status?.usual?.[vital];
  if (!usual) return null;
  const [centre, spread] = usual;
  return [centre - BAND_SPREADS * spread, centre + BAND_SPREADS * spread];
}

/** The vitals that an alarm is about; none for what is about a device or the monitoring. */
export function vitalsOf(alarm) {
  const { vital, vitals, points, rule, score } = alarm.why;
  if (vital) return [vital];
  if (Array.isArray(vitals)) return vitals;
  if (rule === "deterioration") {
    return Object.keys(vitals).filter((name) => vitals[name].contribution >= NAMED_SHARE * score);
  }
  if (vitals) return Object.keys(vitals).filter((name) => Math.abs(vitals[name].z) > BAND_SPREADS);
  if (points) return Object.keys(points).filter((name) => points[name] > 0);
  return [];
}

/** "HR 134, usual 71 ± 6; started 14:02; would not have alarmed at 104." */
export function sentenceOf(alarm, status, nowMs) {
  const started = `started ${momentOf(alarm.onset_ms, nowMs)}`;
  const parts = [whatOf(alarm, status), started, counterfactualOf(alarm.why)];
  return `${parts.filter(Boolean).join("; ")}.`;
}

function whatOf({ why, text }, status) {
  if (why.rule !== "limit") return text;
  const { label } = vitalOf(why.vital);
  const told = `${label} ${numberOf(why.vital, why.value)}`;
  const band = bandThen(why, status);
  if (band === null) return told;
  const [centre, half] = [(band[0] + band[1]) / 2, (band[1] - band[0]) / 2];
  return `${told}, usual ${numberOf(why.vital, centre)} ± ${numberOf(why.vital, half)}`;
}

/** What was usual when the alarm took this step; where the record does not say, what is usual now. */
const bandThen = (why, status) => why.usual_band ?? usualBand(status, why.vital);

/** With which values there would have been no alarm; null where the rule does not say. */
export function counterfactualOf(why) {
  const { vitals = {}, enough, nightly_level: night, nightly_mean: mean, impact, rr_interval_ms: intervals, on_oxygen: oxygen, consciousness } = why.counterfactual ?? {};
  const single = Object.keys(vitals).length === 1;
  const kept = Object.entries(vitals).map(([vital, bounds]) => {
    const bound = boundInWords(vital, bounds, why.direction ?? why.vitals?.[vital]?.direction, why.vitals?.[vital]);
    return single && why.rule === "limit" ? bound : `${vitalOf(vital).label} at ${bound}`;
  });
  if (night) kept.push(`a heart rate of ${night.at_most} or less in that night`);
  // As it was told before.
  if (mean) kept.push(`a mean of ${mean.at_most} or less`);
  if (impact) kept.push(`an impact of ${impact.at_most} g or less`);
  if (intervals) kept.push(`intervals of ${intervalsInWords(intervals)}`);
  if (oxygen === false) kept.push("on air");
  if (consciousness === "A") kept.push("alert");
  if (kept.length === 0) return null;
  const all = kept.length > 1 && enough === "all";
  const list = joined(kept, all ? "and" : "or");
  return `would not have alarmed ${single && why.rule === "limit" ? "at" : "with"} ${list}${all ? " together" : ""}`;
}

function intervalsInWords({ at_least: shortest, at_most: longest }) {
  if (shortest === undefined) return `${longest} ms or less`;
  return longest === undefined ? `${shortest} ms or more` : `${shortest} to ${longest} ms`;
}

/** The bound that matters: the one on the side on which the value was. */
function boundInWords(vital, { at_least: low, at_most: high }, direction, part) {
  const side = part?.direction ?? direction;
  const [lowest, highest] = [low, high].map((bound) => (bound === undefined ? null : numberOf(vital, bound)));
  if (lowest !== null && highest !== null && part === undefined) return `${lowest} to ${highest}`;
  if (highest !== null && (side !== "below" || lowest === null)) return `${highest} or less`;
  return `${lowest} or more`;
}

function joined(words, last) {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** The details as [term, text] pairs, for a list of terms. */
export function detailsOf(alarm, status) {
  const { why } = alarm;
  const rows = [...(RULES[why.rule] ?? (() => []))(why, status)];
  if (why.lasted_s !== undefined) rows.push(["Lasted", `${durationOf(1000 * why.lasted_s)} when this was judged`]);
  const least = why.counterfactual?.lasted_less_than_s;
  if (least !== undefined) rows.push(["No alarm if", `it had lasted less than ${durationOf(1000 * least)}`]);
  if (why.why_not_higher) rows.push(["Why not more urgent", why.why_not_higher]);
  if (why.rule) rows.push(["Rule", [why.rule, why.rule_version && `version ${why.rule_version}`].filter(Boolean).join(", ")]);
  return rows;
}

const RULES = {
  limit: limitDetails,
  news2: news2Details,
  learned: learnedDetails,
  deterioration: (why) => [
    ...Object.entries(why.vitals).map(([vital, part]) => [labelOf(vital), shareInWords(vital, part, why)]),
    ["Score", `${rounded(why.score)}; it alarms above ${rounded(why.most_score)}`],
  ],
  nightly: (why) => [
    ...nightOf("Resting heart rate at night", why),
    ...nightOf("The night before", why.night_before),
  ],
  river: (why) => [
    ["Detector", `${why.detector ?? "switched off"}${why.vitals ? ` of ${why.vitals.map(labelOf).join(", ")}` : ""}`],
    ...(why.score === null ? [] : [["Score", `${rounded(why.score)}, threshold ${rounded(why.threshold)}`]]),
  ],
  fall: (why) => [
    ["Impact", `${why.impact.toFixed(1)} g at ${clockWithSecondsOf(why.impact_at_ms)}; it alarms above ${why.limit} g`],
  ],
  rhythm: (why) => [
    ["Measured", `${rounded(why.value)} ${why.unit}; it alarms above ${why.limit} ${why.unit}`],
    ["Intervals", `the latest ${why.intervals} were ${why.shortest_ms} to ${why.longest_ms} ms long`],
  ],
  device: deviceDetails,
};

const nightOf = (name, night) =>
  night?.value === undefined ? [] : [[name, `${night.value} ${vitalOf("heart_rate").unit}, usual ${night.usual}`]];
const labelOf = (vital) => vitalOf(vital).label;
const rounded = (value) => Number(value.toPrecision(3)).toString();

function limitDetails(why, status) {
  const { label, unit } = vitalOf(why.vital);
  const sign = why.direction === "above" ? "above" : "below";
  const limit = numberOf(why.vital, why.limit);
  const rows = [
    ["Value", `${label} ${numberOf(why.vital, why.value)} ${unit}`],
    ["Limit", `${sign} ${limit} ${unit} (${SOURCES[why.limit_of] ?? why.limit_of})`],
  ];
  const band = bandThen(why, status);
  if (band) rows.push(["Usual for this patient", `${band.map((value) => numberOf(why.vital, value)).join(" to ")} ${unit}`]);
  return rows;
}

function news2Details(why) {
  const total = why.lowest === why.highest ? `${why.lowest}` : `${why.lowest} at least, ${why.highest} at most`;
  const points = Object.entries(why.points).sort((one, other) => other[1] - one[1]);
  const rows = [
    ["NEWS2", total],
    ["Points", points.map(([name, count]) => `${labelOf(name)} ${count}`).join(", ")],
  ];
  if (why.missing.length) rows.push(["Not known", why.missing.map(labelOf).join(", ")]);
  rows.push(["Scale of the saturation", `${why.saturation_scale}`]);
  return rows;
}

function learnedDetails(why) {
  const rows = Object.entries(why.vitals).map(([vital, part]) => [labelOf(vital), partInWords(vital, part, why)]);
  rows.push(["How rare", `${rounded(why.bits)} bits; it alarms above ${rounded(why.most_bits)}`]);
  if (why.confirmed_by) {
    const by = DETECTORS[why.confirmed_by] ?? why.confirmed_by;
    rows.push(["Confirmed by", `${by}, which raised the score to ${rounded(1 + why.gain)} times`]);
  }
  if (why.signal_quality !== null) rows.push(["Signal quality", `${Math.round(100 * why.signal_quality)} %`]);
  return rows;
}

function shareInWords(vital, part, why) {
  const percent = (score) => Math.round((100 * score) / why.score);
  const words = [`${numberOf(vital, part.now)} ${vitalOf(vital).unit}`];
  if (part.of_most !== null) words.push(`of most ${numberOf(vital, part.of_most)}`);
  words.push(`${percent(part.contribution)} % of the score, ${percent(part.of_days)} % by what has added up`);
  return words.join("; ");
}

function partInWords(vital, part, why) {
  const value = (number) => numberOf(vital, number);
  const words = [`${value(part.now)} ${vitalOf(vital).unit}, usual ${part.band.map(value).join(" to ")}`];
  if (part.contribution > 0) words.push(`${Math.round((100 * part.contribution) / why.score)} % of the score`);
  for (const [window, slope] of Object.entries(part.slope_per_h)) {
    if (slope !== null) words.push(`${slope < 0 ? "−" : "+"}${Math.abs(slope).toFixed(1)} an hour over ${window}`);
  }
  if (part.minutes_abnormal > 0) words.push(`outside for ${durationOf(60_000 * part.minutes_abnormal)}`);
  return words.join("; ");
}

function deviceDetails(why) {
  const rows = [["Device", why.device]];
  for (const [vital, { age_s: age, limit_s: limit }] of Object.entries(why.silent ?? {})) {
    rows.push([labelOf(vital), `nothing for ${durationOf(1000 * age)}; expected within ${durationOf(1000 * limit)}`]);
  }
  if (why.worn === false) rows.push(["Worn", "no"]);
  if (why.signal_quality !== undefined) rows.push(["Signal quality", `${Math.round(100 * why.signal_quality)} %`]);
  if (why.battery !== undefined) rows.push(["Battery", `${Math.round(why.battery)} %`]);
  if (why.skew_s !== undefined) {
    const side = why.skew_s < 0 ? "behind ours" : "ahead of ours";
    rows.push(["Clock", `${durationOf(1000 * Math.abs(why.skew_s))} ${side}`]);
  }
  if (why.refused !== undefined) {
    const reasons = Object.entries(why.reasons).map(([reason, count]) => `${reason.replaceAll("_", " ")} ${count}`);
    rows.push(["Refused", `${why.refused} of ${why.came} readings: ${reasons.join(", ")}`]);
  }
  return rows.concat(sensorDetails(why));
}

function sensorDetails(why) {
  const rows = [];
  for (const vital of ["heart_rate", "skin_temperature"]) {
    if (why[vital] === undefined) continue;
    const value = `${numberOf(vital, why[vital])} ${vitalOf(vital).unit}`;
    rows.push([labelOf(vital), `${value} for ${durationOf(1000 * why.lasted_s)}`]);
  }
  for (const [vital, count] of Object.entries(why.spikes ?? {})) {
    rows.push([labelOf(vital), `${count} single ${count === 1 ? "value" : "values"} far off`]);
  }
  if (why.came_twice !== undefined) rows.push(["Came twice", `${why.came_twice} of ${why.came} readings`]);
  return rows;
}
