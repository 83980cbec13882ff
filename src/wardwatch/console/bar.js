/** The bar: wards, connection, clock, who is logged in, and for how long still. */

import { setAttribute, setHidden, setText } from "./dom.js";
import { icon } from "./icons.js";
import { wardsInWords } from "./wards.js";
import { clockOf, clockWithSecondsOf, durationOf, roleInWords } from "./words.js";

// Our own choice: time enough to fetch a new token.
const WARN_BEFORE_MS = 15 * 60_000;
const SKEW_SHOWN_FROM_MS = 5000;

export class Bar {
  #link;
  #parts;

  /** `parts` are {bar, wards, lamp, lampText, clock, who, notice, renewal}. */
  constructor(parts, link) {
    this.#parts = parts;
    this.#link = link;
    parts.who.before(icon("person"));
    setInterval(() => this.tick(), 1000);
  }

  wards(wards) {
    setText(this.#parts.wards, wardsInWords(wards));
  }

  update(state) {
    const { bar, lamp, lampText, notice, who } = this.#parts;
    setHidden(bar, state.phase === "out" || state.welcome === null);
    setAttribute(lamp, "data-state", state.live ? "live" : "dead");
    setText(lampText, state.live ? "Live" : { joined: "Stale", joining: "Resuming" }[state.phase] ?? "No connection");
    if (state.welcome !== null) setText(who, state.welcome.name);
    setText(notice, state.welcome?.notice ?? "");
    setHidden(notice, !state.welcome?.notice);
    if (state.welcome !== null) setAttribute(who.parentElement, "aria-label", `${state.welcome.name}, ${roleInWords(state.welcome.role)}: this station`);
    this.tick();
  }

  tick() {
    const { clock, renewal } = this.#parts;
    const { skewMs, welcome } = this.#link.state;
    const nowMs = this.#link.nowMs();
    setText(clock, clockWithSecondsOf(nowMs));
    const isOff = Math.abs(skewMs) >= SKEW_SHOWN_FROM_MS;
    const skew = `${durationOf(Math.abs(skewMs))} ${skewMs > 0 ? "behind" : "ahead of"}`;
    setAttribute(clock, "data-skew", isOff);
    setAttribute(clock, "title", isOff ? `The feed’s time. This computer’s clock is ${skew} it.` : "The feed’s time");
    const leftMs = welcome === null ? Infinity : welcome.expires_ms - nowMs;
    setHidden(renewal, leftMs > WARN_BEFORE_MS);
    if (leftMs > WARN_BEFORE_MS) return;
    // When, not in how long: what does not change is read out once only.
    setText(renewal, `The login ends at ${clockOf(welcome.expires_ms)}. Renew it under “${welcome.name}”.`);
  }
}

/** Elements by their ids, as parts of something. */
export function byIds(names) {
  const found = Object.entries(names).map(([key, id]) => [key, document.getElementById(id)]);
  return Object.fromEntries(found);
}

