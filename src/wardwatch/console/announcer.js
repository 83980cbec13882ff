/**
 * Says new alarms to those who hear the page: gathered for a moment and at most a few at once, so that a bad
 * minute on a big ward does not talk for five.
 */

import { presenceOf, rankOf } from "./signals.js";

const GATHERED_FOR_MS = 800;
const MOST_AT_ONCE = 3;

/** Whether an event is worth saying: the alarm waits for an answer, and did not in this way before. */
export function isNews(alarm, before) {
  if (alarm.phase === "end" || presenceOf(alarm) !== "on") return false;
  if (before === null || presenceOf(before) !== "on") return true;
  return ["priority", "state", "escalation"].some((key) => alarm[key] !== before[key]);
}

/** The sentence for new alarms, the most urgent first. */
export function sentenceFor(alarms) {
  const sorted = [...alarms].sort((one, other) => rankOf(other.priority) - rankOf(one.priority));
  const said = sorted.slice(0, MOST_AT_ONCE).map(({ priority, ward, bed, kind, text }) => {
    const where = bed ? `, ward ${ward} bed ${bed}` : "";
    return `${priority} ${kind === "technical" ? "technical " : ""}alarm${where}: ${text}`;
  });
  const left = sorted.length - said.length;
  if (left > 0) said.push(`and ${left} more`);
  const sentence = said.join(". ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

export class Announcer {
  #polite;
  #assertive;
  #gathered = new Map(); // alarm -> its latest record
  #timer = null;

  constructor(polite, assertive) {
    this.#polite = polite;
    this.#assertive = assertive;
  }

  alarm(alarm) {
    this.#gathered.set(alarm.alarm, alarm);
    this.#timer ??= setTimeout(() => this.#sayGathered(), GATHERED_FOR_MS);
  }

  /** Nothing of anybody stays in the page, also where nobody sees it. */
  clear() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#gathered.clear();
    this.#polite.textContent = this.#assertive.textContent = "";
  }

  #sayGathered() {
    this.#timer = null;
    const alarms = [...this.#gathered.values()];
    const isUrgent = alarms.some((alarm) => alarm.priority === "high");
    (isUrgent ? this.#assertive : this.#polite).textContent = sentenceFor(alarms);
    this.#gathered.clear();
  }
}
