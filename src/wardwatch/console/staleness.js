/** Says unmissably that what the page shows is out of date, since when, and what is being done about it. */

import { element, setHidden, setText } from "./dom.js";
import { STALE_AFTER_MS } from "./watchdog.js";
import { clockWithSecondsOf, durationOf } from "./words.js";

// Codes of wire/feed/codes.py (NotLive), and those of protocol.js, for the people on the ward.
const REASONS = {
  unreachable: "There is no connection to the feed.",
  silent: "The feed has fallen silent.",
  joining: "What was missed is still on its way.",
  starting: "The feed has just started, and is not ready yet.",
  no_topic: "Nothing has been written by the monitoring yet.",
  kafka_unreachable: "The feed is cut off from the monitoring.",
  catching_up: "The feed is behind, and catching up.",
};

export class StaleBanner {
  #node;
  #link;
  #parts = {
    what: element("strong", { class: "outdated-what" }),
    why: element("span", { class: "outdated-why" }),
    // Not for readers of the screen: an alert that counts would never be silent.
    count: element("span", { class: "outdated-count", "aria-hidden": "true" }),
  };
  #sinceMs = null;
  #hasBeenLive = false;

  constructor(node, link) {
    this.#node = node;
    this.#link = link;
    node.append(...Object.values(this.#parts));
  }

  /** Look at the state of the link; whether the page is out of date. */
  update(state) {
    if (state.phase === "out" || state.welcome === null) {
      this.#sinceMs = null;
      this.#hasBeenLive = false;
      return this.#tell(false);
    }
    const nowMs = this.#link.nowMs();
    if (state.live) {
      this.#sinceMs = null;
      this.#hasBeenLive = true;
      return this.#tell(false);
    }
    this.#sinceMs ??= nowMs - (Number.isFinite(state.staleForMs) ? state.staleForMs : 0);
    // Just after a login there is nothing on the page yet that could be out of date.
    if (!this.#hasBeenLive && nowMs - this.#sinceMs <= STALE_AFTER_MS) return this.#tell(false);
    this.#write(state, nowMs);
    return this.#tell(true);
  }

  #tell(isStale) {
    setHidden(this.#node, !isStale);
    document.body.classList.toggle("stale", isStale);
    return isStale;
  }

  #write(state, nowMs) {
    const { what, why, count } = this.#parts;
    const since = ` since ${clockWithSecondsOf(this.#sinceMs)}`;
    setText(what, this.#hasBeenLive ? `NOT UP TO DATE${since}` : "NOT UP TO DATE YET");
    setText(why, `${REASONS[state.reason] ?? ""} New alarms do not arrive here. Look after the patients directly.`);
    const next = state.nextTryInMs === null ? "" : `, next try in ${Math.ceil(state.nextTryInMs / 1000)} s`;
    setText(count, `${durationOf(nowMs - this.#sinceMs)}${next}`);
  }
}
