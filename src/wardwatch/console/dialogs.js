/** Dialogs over the page: which wards, this station, help. Escape and a click beside them close them. */

import { button } from "./buttons.js";
import { element } from "./dom.js";

/** Show `content` in a modal dialog; gives a function that closes it. */
export function openDialog(title, ...content) {
  const heading = element("h2", { id: "dialog-title" }, title);
  const close = button("Close", () => dialog.close(), { class: "quiet" });
  const dialog = element(
    "dialog",
    { class: "dialog", "aria-labelledby": "dialog-title" },
    element("div", { class: "dialog-head" }, heading, close),
    ...content,
  );
  const end = () => dialog.close();
  dialog.addEventListener("click", ({ target }) => target === dialog && end());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return end;
}

export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog.dialog")) dialog.close();
}

export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;

/** A group of radio buttons; `onChoose(value)` at each choice. */
export function choice(legend, name, options, chosen, onChoose) {
  const rows = options.map(([value, text]) => {
    const input = element("input", { type: "radio", name, value });
    input.checked = value === chosen;
    input.addEventListener("change", () => onChoose(value));
    return element("label", { class: "option" }, input, element("span", {}, text));
  });
  return element("fieldset", { class: "choice" }, element("legend", {}, legend), ...rows);
}

/** A check box; `onChange(isChecked)`. */
export function checkbox(text, isChecked, onChange) {
  const input = element("input", { type: "checkbox" });
  input.checked = isChecked;
  input.addEventListener("change", () => onChange(input.checked));
  return element("label", { class: "option" }, input, element("span", {}, text));
}
