/**
 * What is to be heard, and when. No DOM, no clock, no sound: `play(priority)` and `silence()` are given, the time is
 * an argument.
 *
 * An alarm sounds when it begins, rises, comes back after a pause, is passed on, or is due again because nobody
 * has answered: each of these is an event of its own (docs/alarms.md), so how often it sounds is for the ward
 * to say, not for the page. While a burst plays, a more urgent one breaks it, and others wait for their turn.
 * Once a person has answered all that could be heard, a burst that still plays ends; one that plays for an alarm
 * which is over by itself plays to its end, so that it is not missed.
 */

import { maySound, rankOf } from "./signals.js";

// STANDARDS: an audio pause is of at most 2 min, with a countdown, and only a new alarm of a higher priority
// breaks it.
export const LONGEST_PAUSE_MS = 120_000;
// That the page is out of date sounds as a high priority alarm does, and is repeated as often as one is by default
// (docs/alarms.md, repeat_s).
const STALE_REPEAT_MS = 60_000;

// Causes by which an alarm sounds although its priority has not risen.
const SOUNDING_CAUSES = new Set([
  "escalation",
  "repeat",
  "signal_delay_over",
  "acknowledgement_over",
  "audio_resumed",
  "alarm_resumed",
]);

/** Whether an event is to be heard, given the record of the same alarm that was known before, or null. */
export function isHeard(alarm, before) {
  if (alarm.phase === "end" || !maySound(alarm)) return false;
  if (before === null || !maySound(before)) return true;
  return rankOf(alarm.priority) > rankOf(before.priority) || SOUNDING_CAUSES.has(alarm.cause);
}

export class Sounding {
  #play;
  #silence;
  #isOn = false;
  #pausedUntilMs = null;
  #pausedRank = 0;
  #staleSinceMs = null;
  #staleHeardAtMs = 0;

  constructor(play, silence = () => {}) {
    this.#play = play;
    this.#silence = silence;
  }

  get isOn() {
    return this.#isOn;
  }

  /** What is left of the audio pause, or null. */
  pauseLeftMs(nowMs) {
    return this.#pausedUntilMs === null ? null : Math.max(0, this.#pausedUntilMs - nowMs);
  }

  /** Switch sound on or off; `open` are the open alarms, of which the most urgent is heard at once. */
  switch(isOn, open) {
    this.#isOn = isOn;
    this.#pausedUntilMs = null;
    if (isOn) this.#soundMostUrgent(open);
  }

  /** Silence for a while. Who is heard now does not break it, only what is more urgent than that. */
  pause(open, nowMs) {
    if (!this.#isOn) return;
    this.#pausedUntilMs = nowMs + LONGEST_PAUSE_MS;
    this.#pausedRank = Math.max(this.#staleSinceMs === null ? 0 : rankOf("high"), ...ranksOf(open));
  }

  resume(open) {
    if (this.#pausedUntilMs === null) return;
    this.#pausedUntilMs = null;
    this.#soundMostUrgent(open);
  }

  /** A record has come; `open` are the open alarms, with it. */
  hear(alarm, before, open = []) {
    if (isHeard(alarm, before)) this.#sound(alarm.priority);
    const isAnswered = alarm.phase !== "end" && !maySound(alarm);
    if (isAnswered && this.#staleSinceMs === null && !open.some(maySound)) this.#silence();
  }

  /** A snapshot has come: of all that is new in it, or has changed so that it is heard, the most urgent is. */
  hearAll(added, changed) {
    const isNews = ([alarm, before]) => isHeard(alarm, before);
    const heard = [...added.map((alarm) => [alarm, null]), ...changed].filter(isNews).map(([alarm]) => alarm);
    if (heard.length > 0) this.#soundMostUrgent(heard);
  }

  /** The page is out of date, or no more. */
  stale(isStale, nowMs) {
    if (!isStale) this.#staleSinceMs = null;
    else if (this.#staleSinceMs === null) {
      this.#staleSinceMs = this.#staleHeardAtMs = nowMs;
      this.#sound("high");
    }
  }

  /** Time passes; `open` are the open alarms. */
  tick(open, nowMs) {
    if (this.#pausedUntilMs !== null && nowMs >= this.#pausedUntilMs) this.resume(open);
    if (this.#staleSinceMs !== null && nowMs - this.#staleHeardAtMs >= STALE_REPEAT_MS) {
      this.#staleHeardAtMs = nowMs;
      this.#sound("high");
    }
  }

  #soundMostUrgent(alarms) {
    const highest = Math.max(this.#staleSinceMs === null ? 0 : rankOf("high"), ...ranksOf(alarms));
    const priority = ["low", "medium", "high"][highest - 1];
    if (priority !== undefined) this.#sound(priority);
  }

  #sound(priority) {
    if (!this.#isOn) return;
    if (this.#pausedUntilMs !== null) {
      if (rankOf(priority) <= this.#pausedRank) return;
      this.#pausedUntilMs = null;
    }
    this.#play(priority);
  }
}

const ranksOf = (alarms) => alarms.filter(maySound).map((alarm) => rankOf(alarm.priority));
