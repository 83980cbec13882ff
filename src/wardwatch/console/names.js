/** Names behind pseudonyms on the tiles: asked for one by one, shown for a moment, kept nowhere. */

// As long as in an opened tile: long enough to read it, short enough not to stay on a screen that others pass.
const SHOWN_FOR_MS = 30_000;

export class Names {
  #link;
  #show;
  #shown = new Map(); // patient -> timer

  /** `show(patient, name)` puts it on the tile, and null takes it away. */
  constructor(link, show) {
    this.#link = link;
    this.#show = show;
  }

  async toggle(patient) {
    if (this.#shown.has(patient)) {
      this.#mask(patient);
      return;
    }
    this.#shown.set(patient, setTimeout(() => this.#mask(patient), SHOWN_FOR_MS));
    const text = await this.#ask(patient);
    if (this.#shown.has(patient)) this.#show(patient, text);
  }

  maskAll() {
    for (const patient of [...this.#shown.keys()]) this.#mask(patient);
  }

  async #ask(patient) {
    try {
      const { name } = await this.#link.request({ type: "name", patient });
      return name ?? "no name here";
    } catch {
      return "not to be had now";
    }
  }

  #mask(patient) {
    clearTimeout(this.#shown.get(patient));
    this.#shown.delete(patient);
    this.#show(patient, null);
  }
}
