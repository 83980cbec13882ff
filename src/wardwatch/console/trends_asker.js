/** Asks for the last hour of the patients whose tiles are in sight, a few at a time, and each once a snapshot. */

const MINUTES = 60;
const MOST_AT_ONCE = 50; // the feed takes 100 in one request
const PAUSE_MS = 300;

export class TrendsAsker {
  #link;
  #visible;
  #asked = new Set();
  #timer = null;

  /** `visible()` gives the names of the patients in sight. */
  constructor({ link, store }, visible) {
    this.#link = link;
    this.#visible = visible;
    store.subscribe((change) => change.type === "reset" && this.#again());
    link.on("subscribed", () => this.look());
  }

  look() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#ask();
    }, PAUSE_MS);
  }

  #again() {
    this.#asked.clear();
    this.look();
  }

  #ask() {
    if (!this.#link.may("history")) return;
    const wanted = [...this.#visible()].filter((name) => !this.#asked.has(name));
    const batch = wanted.slice(0, MOST_AT_ONCE);
    if (batch.length === 0 || !this.#link.send({ type: "history", patients: batch, minutes: MINUTES })) return;
    for (const name of batch) this.#asked.add(name);
    if (wanted.length > batch.length) this.look();
  }
}
