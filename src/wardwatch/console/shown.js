/**
 * Tells the feed which alarms are on the screen: each event once, in batches, and only while the page can be
 * seen and is up to date. What is on the screen says `isSeen(alarm)`.
 */

const BATCH_MS = 500;
const MOST_AT_ONCE = 1000; // docs/feed.md

export class ShownReporter {
  #link;
  #store;
  #isSeen;
  #reported = new Set(); // names of events
  #timer = null;

  constructor({ link, store }, isSeen) {
    this.#link = link;
    this.#store = store;
    this.#isSeen = isSeen;
    // Deliveries are known to one feed server; after a reconnect it may be another one.
    link.on("subscribed", () => this.#reported.clear());
    store.subscribe(() => this.look());
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** Something may have come into sight. */
  look() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#report();
    }, BATCH_MS);
  }

  #report() {
    if (document.hidden || !this.#link.may("shown") || !this.#link.state.live) return;
    const seen = [...this.#store.alarms.values()].filter(
      (alarm) => !this.#reported.has(alarm.event) && this.#isSeen(alarm),
    );
    const batch = seen.slice(0, MOST_AT_ONCE);
    if (batch.length === 0 || !this.#link.send({ type: "shown", alarms: batch.map((alarm) => alarm.alarm) })) return;
    for (const alarm of batch) this.#reported.add(alarm.event);
    this.#forgetClosed();
    if (seen.length > batch.length) this.look();
  }

  #forgetClosed() {
    if (this.#reported.size < 4 * MOST_AT_ONCE) return;
    const open = new Set([...this.#store.alarms.values()].map((alarm) => alarm.event));
    for (const event of this.#reported) if (!open.has(event)) this.#reported.delete(event);
  }
}
