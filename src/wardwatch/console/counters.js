/**
 * How many alarms wait for an answer, by priority. The bar counts those about patients, for technical ones have a
 * place of their own; the title counts all, for it is all that is seen of the page behind another one.
 */

import { element, setAttribute, setText } from "./dom.js";
import { shapeOf } from "./icons.js";
import { PRIORITIES, countWaiting, isTechnical } from "./signals.js";

/** "(3) HIGH – wardwatch": the number of alarms that wait, and the most urgent priority among them. */
export function titleOf(counts, isStale) {
  const total = PRIORITIES.reduce((sum, priority) => sum + counts[priority], 0);
  const highest = PRIORITIES.find((priority) => counts[priority] > 0);
  const alarms = total === 0 ? "" : `(${total}) ${highest.toUpperCase()} – `;
  return `${isStale ? "NOT UP TO DATE – " : ""}${alarms}wardwatch`;
}

export class Counters {
  #store;
  #numbers = {};
  #isStale = false;

  /** A click on a number goes to the first such alarm: `onGo(priority)`. */
  constructor(node, store, onGo) {
    this.#store = store;
    for (const priority of PRIORITIES) {
      const number = element("span", { class: "counter-number" }, "0");
      const button = element(
        "button",
        { class: "counter", type: "button", "data-priority": priority },
        shapeOf(priority),
        number,
        element("span", { class: "counter-text" }, priority),
      );
      button.addEventListener("click", () => onGo(priority));
      this.#numbers[priority] = { number, button };
      node.append(button);
    }
    store.subscribe(({ type }) => ["reset", "alarm", "gone", "left"].includes(type) && this.#update());
    this.#update();
  }

  stale(isStale) {
    if (this.#isStale === isStale) return;
    this.#isStale = isStale;
    this.#update();
  }

  #update() {
    const alarms = [...this.#store.alarms.values()];
    const counts = countWaiting(alarms.filter((alarm) => !isTechnical(alarm)));
    for (const [priority, { number, button }] of Object.entries(this.#numbers)) {
      setText(number, String(counts[priority]));
      setAttribute(button, "data-none", counts[priority] === 0);
    }
    const title = titleOf(countWaiting(alarms), this.#isStale);
    if (document.title !== title) document.title = title;
  }
}
