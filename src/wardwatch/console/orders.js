/** The commands that were given in an opened tile, each until it is answered, and then its receipt's sentence. */

import { button } from "./buttons.js";
import { element, setHidden, setText } from "./dom.js";
import { newName } from "./requests.js";

// Our own choice: what was done before can be read in the history.
const MOST_ORDERS = 5;

/** The orders given here, the newest first, each with what became of it. */
export class Orders {
  #lines = new Map(); // name of a command -> its line

  constructor(link) {
    this.link = link;
    this.element = element("ul", { class: "orders", "aria-label": "What you did", "aria-live": "polite" });
  }

  give(wish, label) {
    // Whoever asks again asks by the same name: what comes twice is done once (docs/commands.md).
    const order = { ...wish, command: newName("c-") };
    const again = button("Ask again", () => this.#send(order, line), { class: "quiet", hidden: true });
    const line = { text: element("span"), element: element("li"), again };
    line.element.append(element("strong", {}, label), " ", line.text, " ", again);
    this.#lines.set(order.command, line);
    this.element.prepend(line.element);
    while (this.element.children.length > MOST_ORDERS) this.element.lastChild.remove();
    this.#send(order, line);
  }

  /** A receipt has come, perhaps after we stopped waiting for it. */
  take(receipt) {
    const line = this.#lines.get(receipt.command);
    if (line === undefined) return;
    this.#lines.delete(receipt.command);
    const isDone = receipt.verdict === "done";
    this.#say(line, receipt.verdict, isDone ? receipt.sentence : `Not done: ${receipt.sentence}`);
  }

  async #send(order, line) {
    const isConnected = this.link.state.live;
    this.#say(line, "pending", isConnected ? "sent, not answered yet…" : "waits for the connection…");
    try {
      this.take(await this.link.command(order));
    } catch (error) {
      if (!this.#lines.has(order.command)) return; // the receipt came all the same
      this.#say(line, "failed", PLAINLY[error.code] ?? `Not done: ${error.message}`);
      setHidden(line.again, error.code !== "no_receipt");
    }
  }

  #say(line, state, text) {
    line.element.dataset.state = state;
    setText(line.text, text);
    setHidden(line.again, true);
  }
}

const PLAINLY = {
  no_receipt: "No answer yet: it may have been done, or not.",
  logged_out: "Not done, as far as is known: you have logged out.",
  forbidden_action: "Not done: your login does not allow it.",
  forbidden_ward: "Not done: the patient is not in your wards.",
  unknown_patient: "Not done: the patient is no longer in your wards.",
  unknown_alarm: "Not done: this alarm is not known any more.",
  not_delivered: "Not done: the feed could not pass it on. Try again.",
};
