/**
 * What an alarm's record asks of the console: to flash, to sound, or only to be seen. No DOM, no clock.
 *
 * Words are those of docs/alarms.md: `state` is active, latched, inactive or off; `inactivation` is enabled,
 * audio-paused, alarm-paused, alarm-off or alert-acknowledged.
 */

export const PRIORITIES = ["high", "medium", "low"]; // the most urgent first

const RANKS = { high: 3, medium: 2, low: 1 };

/** A number that is larger the more urgent a priority is; 0 for none. */
export const rankOf = (priority) => RANKS[priority] ?? 0;

/**
 * How an alarm is presented.
 *   "on"            nobody has answered: it flashes
 *   "acknowledged"  somebody is on it: steady
 *   "inactive"      paused or turned off by somebody: seen, not more
 */
export function presenceOf(alarm) {
  if (alarm.state === "inactive" || ["alarm-paused", "alarm-off"].includes(alarm.inactivation)) return "inactive";
  return alarm.inactivation === "alert-acknowledged" ? "acknowledged" : "on";
}

/** Whether an alarm may be heard: it waits for an answer, and nobody has paused its sound. */
export const maySound = (alarm) => presenceOf(alarm) === "on" && alarm.inactivation === "enabled";

/** Technical alarms are about devices and the monitoring, not about how the patient is. */
export const isTechnical = (alarm) => alarm.kind === "technical";

const PRESENCES = { on: 2, acknowledged: 1, inactive: 0 };

/** Order of alarms: who waits for an answer first, then by priority, then the one that has waited longest. */
export function byUrgency(one, other) {
  return (
    PRESENCES[presenceOf(other)] - PRESENCES[presenceOf(one)] ||
    rankOf(other.priority) - rankOf(one.priority) ||
    one.onset_ms - other.onset_ms ||
    (one.alarm < other.alarm ? -1 : 1)
  );
}

/** How many alarms wait for an answer, by priority: {high, medium, low}. */
export function countWaiting(alarms) {
  const counts = { high: 0, medium: 0, low: 0 };
  for (const alarm of alarms) if (presenceOf(alarm) === "on") counts[alarm.priority] += 1;
  return counts;
}
