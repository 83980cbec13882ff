/** Buttons that do something, and never send a form. */

import { element } from "./dom.js";

export function button(label, onClick, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}
