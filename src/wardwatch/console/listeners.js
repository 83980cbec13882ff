/** Who listens to what: by a type, or to all. */

export class Listeners {
  #byType = new Map();

  /** Gives a function that ends it. */
  on(type, listener) {
    if (!this.#byType.has(type)) this.#byType.set(type, new Set());
    this.#byType.get(type).add(listener);
    return () => this.#byType.get(type).delete(listener);
  }

  tell(type, what) {
    for (const listener of this.#byType.get(type) ?? []) listener(what);
  }
}
