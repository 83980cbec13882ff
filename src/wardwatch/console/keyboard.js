/** Keys: arrows go from bed to bed, as one stop of the Tab key; letters do what the help says. */

import { isDialogOpen } from "./dialogs.js";

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

export class Keyboard {
  #board;
  #main;
  #current = null; // the button of the bed at which Tab stops

  constructor(main, board) {
    this.#main = main;
    this.#board = board;
    main.addEventListener("keydown", (event) => this.#move(event));
    main.addEventListener("focusin", ({ target }) => {
      const open = target.closest(".tile")?.querySelector(".tile-open");
      if (open) this.#stopAt(open);
    });
  }

  /** The patient of the bed at which the keyboard is, or null. */
  get patient() {
    return document.activeElement?.closest(".tile")?.dataset.patient ?? null;
  }

  /** There must be one bed that Tab stops at, whoever comes and goes. */
  refresh() {
    if (this.#current?.isConnected) return;
    const [first] = this.#board.buttons();
    if (first !== undefined) this.#stopAt(first);
  }

  goTo(button) {
    this.#stopAt(button);
    button.focus();
    button.closest(".tile").scrollIntoView({ block: "nearest" });
  }

  #stopAt(button) {
    if (this.#current !== null) for (const each of stopsOf(this.#current)) each.tabIndex = -1;
    for (const each of stopsOf(button)) each.tabIndex = 0;
    this.#current = button;
  }

  #move(event) {
    const isOnBed = event.target.classList.contains("tile-open");
    if (!isOnBed || !ARROWS.has(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const buttons = this.#board.buttons();
    const next = { Home: () => buttons[0], End: () => buttons.at(-1) }[event.key] ?? (() => this.#beside(event, buttons));
    const button = next();
    if (button !== undefined) this.goTo(button);
  }

  #beside({ key, target }, buttons) {
    const index = buttons.indexOf(target);
    if (key === "ArrowLeft") return buttons[index - 1];
    if (key === "ArrowRight") return buttons[index + 1];
    return nearestIn(key === "ArrowDown" ? 1 : -1, target, buttons);
  }
}

/** A bed's own stops of the Tab key: its button, and that of its name. */
function stopsOf(button) {
  return [button, ...button.closest(".tile").querySelectorAll(".tile-name")];
}

/** The bed in the next row up (-1) or down (1) that stands nearest to this one's middle. */
function nearestIn(direction, button, buttons) {
  const placeOf = (each) => each.closest(".tile").getBoundingClientRect();
  const here = placeOf(button);
  const middle = here.left + here.width / 2;
  let best;
  let bestCost = Infinity;
  for (const other of buttons) {
    const there = placeOf(other);
    const rows = direction * (there.top - here.top);
    if (rows < here.height / 2) continue;
    const cost = rows * 1000 + Math.abs(there.left + there.width / 2 - middle);
    if (cost < bestCost) [best, bestCost] = [other, cost];
  }
  return best;
}

/** Single letters, unless somebody types, has turned them off, or a dialog is open. */
export function listenForLetters(preferences, actions) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isDialogOpen()) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const action = preferences.get("shortcuts") ? actions[event.key.toLowerCase()] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}
