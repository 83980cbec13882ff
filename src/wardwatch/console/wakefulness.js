/** Keeps the screen on while somebody is logged in and the page can be seen: a dark screen shows no alarm. */

export class Wakefulness {
  #isWanted = false;
  #lock = null;

  constructor() {
    // The browser takes the lock away whenever the page is hidden.
    document.addEventListener("visibilitychange", () => this.#apply());
  }

  want(isWanted) {
    this.#isWanted = isWanted;
    this.#apply();
  }

  async #apply() {
    if (!this.#isWanted) {
      await this.#lock?.release();
      this.#lock = null;
      return;
    }
    if (document.hidden) return;
    try {
      this.#lock = (await navigator.wakeLock?.request("screen")) ?? null;
    } catch {
      // Low on power, or not allowed: then the screen goes dark as the computer is set.
    }
  }
}
