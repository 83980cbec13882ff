/** The history of a patient's alarms: what happened when, and who did what; the newest first. */

import { element, setHidden } from "./dom.js";
import { stepInWords } from "./episodes.js";
import { shapeOf } from "./icons.js";
import { clockWithSecondsOf, momentOf } from "./words.js";

// Our own choice: enough for a shift; all of it is in the log.
const MOST_SHOWN = 200;

export class EventList {
  #shown = "";

  constructor() {
    this.list = element("ol", { class: "events", role: "list" });
    this.empty = element("p", { class: "calm" }, "Nothing in the last hours.");
    this.element = element("div", { class: "events-scroll", tabindex: 0, role: "region", "aria-label": "History" }, this.empty, this.list);
  }

  show(events, nowMs) {
    const shown = events.slice(0, MOST_SHOWN);
    const told = `${shown.length} ${shown[0]?.event}`;
    if (told === this.#shown) return;
    this.#shown = told;
    setHidden(this.empty, shown.length > 0);
    this.list.replaceChildren(...shown.map((event) => itemOf(event, nowMs)));
  }
}

function itemOf(event, nowMs) {
  const atMs = event.at_ms || event.observed_at_ms;
  const isToday = momentOf(atMs, nowMs).length === 5;
  const time = element("time", { datetime: new Date(atMs).toISOString() }, isToday ? clockWithSecondsOf(atMs) : momentOf(atMs, nowMs));
  const what = element("span", { class: "event-what" }, event.text);
  const step = element("span", { class: "event-step" }, stepInWords(event, nowMs));
  const priority = element("span", { class: "event-priority" }, event.priority);
  return element("li", { "data-phase": event.phase }, time, shapeOf(event.priority), priority, what, step);
}
