/** What a station remembers of how its page is set: no patient, nobody's login. */

const KEY = "wardwatch.station";
const STANDARD = { theme: "auto", density: "auto", wards: null, station: "", shortcuts: true };

export class Preferences {
  #storage;
  #values;

  constructor(storage) {
    this.#storage = storage;
    this.#values = { ...STANDARD, ...read(storage) };
  }

  get(key) {
    return this.#values[key];
  }

  set(key, value) {
    this.#values[key] = value;
    try {
      this.#storage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // It is forgotten with the page then.
    }
  }
}

function read(storage) {
  try {
    return JSON.parse(storage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}
