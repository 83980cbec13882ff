/** Which wards this station hears of. */

import { button } from "./buttons.js";
import { checkbox, openDialog } from "./dialogs.js";
import { element, setHidden } from "./dom.js";

export const EVERY_WARD = "*";

const natural = new Intl.Collator("en", { numeric: true });

/** The choice that may stand: what was chosen before and is still allowed, or all of the login's wards. */
export function wardsToHear(chosen, allowed) {
  if (chosen === null) return [EVERY_WARD];
  const kept = allowed.includes(EVERY_WARD) ? chosen : chosen.filter((ward) => allowed.includes(ward));
  return kept.length > 0 ? kept : [EVERY_WARD];
}

/** The wards in words: "All wards", "4B", "4B and 5A", "4B and 3 more". */
export function wardsInWords(wards) {
  if (wards.includes(EVERY_WARD)) return "All wards";
  const [first, second, ...more] = [...wards].sort(natural.compare);
  if (second === undefined) return `Ward ${first}`;
  return more.length === 0 ? `Wards ${first} and ${second}` : `Ward ${first} and ${more.length + 1} more`;
}

/** Let somebody choose; `known` are the wards that the login names or that have been seen. */
export function chooseWards({ known, chosen, onChoose }) {
  const wards = [...known].filter((ward) => ward !== EVERY_WARD).sort(natural.compare);
  const picked = new Set(chosen.includes(EVERY_WARD) ? wards : chosen);
  const boxes = wards.map((ward) =>
    checkbox(`Ward ${ward}`, picked.has(ward), (isChecked) => (isChecked ? picked.add(ward) : picked.delete(ward))),
  );
  const missing = element("p", { class: "complaint", role: "alert", hidden: "" }, "Choose at least one ward.");
  let close = null;
  const choose = (choice) => {
    setHidden(missing, choice.length > 0);
    if (choice.length === 0) return;
    onChoose(choice);
    close();
  };
  const isAll = () => picked.size === wards.length;
  close = openDialog(
    "Wards on this screen",
    element("p", { class: "help" }, "Alarms of other wards are neither shown nor heard here."),
    element("div", { class: "options" }, ...boxes),
    missing,
    element(
      "div",
      { class: "dialog-foot" },
      button("All my wards", () => choose([EVERY_WARD]), { class: "quiet" }),
      button("Show these", () => choose(isAll() ? [EVERY_WARD] : [...picked]), { class: "primary" }),
    ),
  );
}
