/** A patient's trends: the latest value of each minute, by vital, for the last hours. No DOM, no clock. */

const MINUTE_MS = 60_000;
// As far back as a feed keeps trends unless it is told otherwise (WARDWATCH_FEED_TREND_HOURS).
const KEPT_MINUTES = 240;

export class Trend {
  #minutes = new Map(); // vital -> Map of minute since 1970 -> value
  #newest = 0;

  /** Take the values of a live status. */
  takeStatus(status) {
    for (const [vital, { value, observed_at_ms }] of Object.entries(status.vitals)) {
      this.#put(vital, Math.floor(observed_at_ms / MINUTE_MS), value);
    }
    this.#trim();
  }

  /** Take the feed's history; where both know a minute, the live value stands. */
  takeHistory({ at_ms: instants, vitals }) {
    for (const [vital, values] of Object.entries(vitals)) {
      const known = this.#minutes.get(vital);
      values.forEach((value, index) => {
        const minute = Math.floor(instants[index] / MINUTE_MS);
        if (value !== null && !known?.has(minute)) this.#put(vital, minute, value);
      });
    }
    this.#trim();
  }

  /** The latest minute since 1970 of which any value is known; 0 where none is. */
  get newestMinute() {
    return this.#newest;
  }

  /** [minute, value] of one vital since that minute, the oldest first. */
  points(vital, sinceMinute) {
    const known = this.#minutes.get(vital) ?? new Map();
    return [...known].filter(([minute]) => minute >= sinceMinute).sort(([one], [other]) => one - other);
  }

  /** All of it, in the form of a history message. */
  asHistory() {
    const minutes = new Set();
    for (const values of this.#minutes.values()) for (const minute of values.keys()) minutes.add(minute);
    const ordered = [...minutes].sort((one, other) => one - other);
    const vitals = {};
    for (const [vital, values] of this.#minutes) {
      vitals[vital] = ordered.map((minute) => values.get(minute) ?? null);
    }
    return { at_ms: ordered.map((minute) => minute * MINUTE_MS), vitals };
  }

  #put(vital, minute, value) {
    let values = this.#minutes.get(vital);
    if (values === undefined) this.#minutes.set(vital, (values = new Map()));
    values.set(minute, value);
    this.#newest = Math.max(this.#newest, minute);
  }

  #trim() {
    for (const values of this.#minutes.values()) {
      if (values.size <= KEPT_MINUTES) continue;
      for (const minute of values.keys()) if (minute <= this.#newest - KEPT_MINUTES) values.delete(minute);
    }
  }
}
