/** The name behind a pseudonym, in an opened tile: masked until somebody asks for it, and again after a while. */

import { button } from "./buttons.js";
import { element, setAttribute, setText } from "./dom.js";
import { Names } from "./names.js";

export class NameLine {
  constructor(patient, link) {
    this.names = new Names(link, (_, name) => this.#show(name));
    this.text = element("span", { class: "name-text", "aria-live": "polite" });
    const attributes = { class: "quiet", "aria-pressed": "false", hidden: !link.may("names") };
    this.toggle = button("Show name", () => this.names.toggle(patient), attributes);
  }

  close() {
    this.names.maskAll();
  }

  #show(name) {
    setText(this.text, name ?? "");
    setText(this.toggle, name === null ? "Show name" : "Hide name");
    setAttribute(this.toggle, "aria-pressed", String(name !== null));
  }
}
