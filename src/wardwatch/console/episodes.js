/**
 * What a patient's alarms have been through: their events told in words, and as spans of time for the chart.
 * No DOM, no clock.
 */

import { vitalsOf } from "./reasons.js";
import { rankOf } from "./signals.js";
import { momentOf, roleInWords } from "./words.js";

// Our own choice: far more than a person reads, and little to keep.
const MOST_EVENTS = 1000;

const PHASES = { start: "began", update: "changed", end: "over" };
const CAUSES = {
  eased: "less far out",
  signal_delay_over: "told after the ward’s delay",
  repeat: "sounds again: nobody has answered",
  acknowledged: "acknowledged",
  acknowledgement_over: "acknowledgement over",
  audio_paused: "audio paused",
  audio_resumed: "audio on again",
  alarm_paused: "paused",
  alarm_off: "turned off",
  alarm_resumed: "on again",
  placement: "moved to another bed",
};

/** The events of one patient, as they are known: from the feed's history and from what came since. */
export class Episodes {
  #events = new Map(); // name -> record

  take(event) {
    this.#events.set(event.event, event);
    if (this.#events.size > MOST_EVENTS) this.#events.delete(this.#events.keys().next().value);
  }

  /** The newest first. */
  log() {
    return [...this.#events.values()].sort((one, other) => other.sequence - one.sequence);
  }

  /** One span an alarm, the newest first: {alarm, from_ms, to_ms or null, priority, text, condition, vitals}. */
  spans() {
    const spans = new Map();
    for (const event of this.log()) {
      const known = spans.get(event.alarm);
      if (known === undefined) spans.set(event.alarm, spanOf(event));
      else extend(known, event);
    }
    return [...spans.values()].sort((one, other) => other.from_ms - one.from_ms);
  }
}

function spanOf(event) {
  return {
    alarm: event.alarm,
    condition: event.condition,
    from_ms: event.onset_ms,
    to_ms: event.phase === "end" ? event.observed_at_ms : null,
    priority: event.priority,
    text: event.text,
    vitals: vitalsOf(event),
  };
}

/** Take into a span what an earlier event of its alarm tells. */
function extend(span, earlier) {
  if (rankOf(earlier.priority) > rankOf(span.priority)) span.priority = earlier.priority;
  span.text = earlier.text;
  span.vitals = [...new Set([...span.vitals, ...vitalsOf(earlier)])];
}

/** What a step of an alarm was: "acknowledged by Anna Berg, nurse, until 14:32". */
export function stepInWords(event, nowMs) {
  if (event.cause === "escalation") return `nobody has answered: ${roleInWords(event.target)} called`;
  const what = CAUSES[event.cause] ?? PHASES[event.phase];
  const by = event.by ? ` by ${event.by.name}, ${roleInWords(event.by.role)}` : "";
  const until = event.until_ms ? `, until ${momentOf(event.until_ms, nowMs)}` : "";
  return `${what}${by}${until}`;
}

/** How an alarm stands now, for its card: who is on it and until when, or who is called. */
export function standingInSentences(alarm, nowMs) {
  const lines = [];
  const until = alarm.until_ms ? ` until ${momentOf(alarm.until_ms, nowMs)}` : "";
  const by = alarm.by ? ` by ${alarm.by.name}, ${roleInWords(alarm.by.role)},` : "";
  const states = {
    "alert-acknowledged": `Acknowledged${by}${until || " for as long as it lasts"}.`,
    "audio-paused": `Audio paused${by}${until}. It is still to be acknowledged.`,
    "alarm-paused": `Paused${by}${until}.`,
    "alarm-off": `Turned off${by.replace(/,$/, "")}, until somebody resumes it.`,
  };
  lines.push(states[alarm.inactivation] ?? "Nobody has acknowledged it.");
  if (alarm.state === "latched") lines.push("Its condition is over; it stays until somebody acknowledges it.");
  if (alarm.escalation > 0) {
    const times = alarm.escalation === 1 ? "once" : `${alarm.escalation} times`;
    lines.push(`Nobody answered in time ${times}; the ${roleInWords(alarm.target)} was called.`);
  }
  return lines;
}
