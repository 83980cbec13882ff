/** One open alarm in the opened tile: its sentence, how it stands, its reasons, and what can be done about it. */

import { Actions } from "./actions.js";
import { element, setText } from "./dom.js";
import { standingInSentences } from "./episodes.js";
import { shapeOf } from "./icons.js";
import { detailsOf, sentenceOf } from "./reasons.js";
import { presenceOf } from "./signals.js";
import { conditionInWords } from "./words.js";

export class AlarmCard {
  #event = null;
  #status = undefined;

  constructor({ may, give }) {
    this.shape = element("span", { class: "card-shape" });
    this.priority = element("span", { class: "priority-word" });
    this.condition = element("h4");
    this.sentence = element("p", { class: "sentence" });
    this.standing = element("p", { class: "standing" });
    this.deliveries = element("p", { class: "deliveries" });
    this.terms = element("dl", { class: "reasons" });
    const reasons = element("details", { class: "why" }, element("summary", {}, "Reasons in detail"), this.terms);
    this.actions = new Actions("alarm", { may, give });
    const head = element("div", { class: "card-head" }, this.shape, this.condition, this.priority);
    this.element = element("li", { class: "card", tabindex: -1 }, head, this.sentence, this.standing);
    this.element.append(this.actions.element, reasons, this.deliveries);
  }

  show(alarm, status, nowMs) {
    this.element.dataset.priority = alarm.priority;
    this.element.dataset.presence = presenceOf(alarm);
    setText(this.condition, conditionInWords(alarm.condition));
    setText(this.priority, `${alarm.priority} priority`);
    setText(this.sentence, sentenceOf(alarm, status, nowMs));
    setText(this.standing, standingInSentences(alarm, nowMs).join(" "));
    this.actions.show({ patient: alarm.patient, alarm });
    if (this.#event === alarm.event && this.#status === status) return;
    [this.#event, this.#status] = [alarm.event, status];
    this.shape.replaceChildren(shapeOf(alarm.priority));
    const rows = detailsOf(alarm, status).map(([term, text]) => element("div", {}, element("dt", {}, term), element("dd", {}, text)));
    this.terms.replaceChildren(...rows);
  }

  /** Where the alarm has arrived: the consoles of a `deliveries` answer. */
  showDeliveries(consoles) {
    setText(this.deliveries, deliveriesInWords(consoles));
  }
}

/** "On the screen of 3 of 4 consoles; acted on at station-4b by Anna Berg." */
export function deliveriesInWords(consoles) {
  if (consoles.length === 0) return "This feed has sent it to no console yet.";
  const shown = consoles.filter((each) => each.shown_ms !== null).length;
  const acted = consoles.filter((each) => each.acted_ms !== null);
  const count = `${consoles.length} ${consoles.length === 1 ? "console" : "consoles"}`;
  const by = acted.map((each) => `${each.console || "a console"} by ${each.name}`).join(", ");
  return `On the screen of ${shown} of ${count}${by ? `; acted on at ${by}` : ""}.`;
}
