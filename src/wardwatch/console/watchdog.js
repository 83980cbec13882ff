/** Whether what the page shows is up to date. No DOM, no clock: the time is an argument, and monotonic. */

// docs/feed.md: a console without a live heartbeat for this long must say that it is out of date.
export const STALE_AFTER_MS = 3000;

export class Watchdog {
  #liveAtMs = -Infinity;
  #heardAtMs = -Infinity;

  /** Why nobody vouches for what is shown, by the latest heartbeat, or null. */
  reason = null;

  /** A heartbeat: `reason` is why it does not vouch for what is shown, or null if it does. */
  hear(reason, nowMs) {
    this.#heardAtMs = nowMs;
    this.reason = reason;
    if (reason === null) this.#liveAtMs = nowMs;
  }

  /** The feed has never told anything yet: after a login, not after a drop. */
  forget() {
    this.#liveAtMs = this.#heardAtMs = -Infinity;
    this.reason = null;
  }

  isStale(nowMs) {
    return nowMs - this.#liveAtMs > STALE_AFTER_MS;
  }

  /** For how long the page has not been vouched for; Infinity if it never was. */
  ageMs(nowMs) {
    return nowMs - this.#liveAtMs;
  }

  /** For how long there has been no heartbeat at all. */
  silenceMs(nowMs) {
    return nowMs - this.#heardAtMs;
  }
}
