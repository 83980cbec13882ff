/**
 * When the order of the tiles must not change: while somebody is about to touch one of them. No DOM, no clock.
 *
 * Our own choices: a pointer that has moved over the tiles, or a key pressed among them, in the last second and a
 * half is being used; but nobody holds the order for more than ten seconds after it should have changed.
 */

const USED_FOR_MS = 1500;
const LONGEST_HOLD_MS = 10_000;

export class Holding {
  #usedAtMs = -Infinity;
  #isPressed = false;
  #waitsSinceMs = null;

  used(nowMs) {
    this.#usedAtMs = nowMs;
  }

  pressed(isPressed, nowMs) {
    this.#isPressed = isPressed;
    this.#usedAtMs = nowMs;
  }

  /** The pointer has left the tiles. */
  released() {
    this.#usedAtMs = -Infinity;
    this.#isPressed = false;
  }

  /** Whether a new order has to wait. To be asked whenever there is one. */
  mustWait(nowMs) {
    const isUsed = this.#isPressed || nowMs - this.#usedAtMs < USED_FOR_MS;
    this.#waitsSinceMs ??= nowMs;
    return isUsed && nowMs - this.#waitsSinceMs < LONGEST_HOLD_MS;
  }

  /** The order on the page is the right one. */
  settled() {
    this.#waitsSinceMs = null;
  }
}
