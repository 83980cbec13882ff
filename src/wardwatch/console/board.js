/**
 * All tiles. Changes are noted as they come and drawn once a frame; a tile that has not changed costs nothing,
 * and one that cannot be seen costs next to nothing.
 */

import { setChildren, setHidden } from "./dom.js";
import { Holding } from "./holding.js";
import { isSameOrder, orderOf } from "./order.js";
import { Tile } from "./tile.js";

const TICK_MS = 1000;
// A trend has a value a minute: drawing it more often shows nothing new.
const DRAW_EVERY_MS = 20_000;
// From so many beds on, those without an alarm are shown smaller. Our own choice.
const COMPACT_FROM = 32;

export class Board {
  #store;
  #link;
  #options;
  #parts;
  #tiles = new Map();
  #dirty = new Set();
  #mustOrder = true;
  #frame = 0;
  #order = { alarming: [], quiet: [] };
  #holding = new Holding();
  #visible = new Set();
  #drawnAtMs = new Map(); // patient -> when its trends were drawn
  #observer;

  /**
   * `parts` are {main, alarming, quiet, nobody}; `options` are {onOpen(patient), onName(patient), onHold(isHeld),
   * onOrder(), onSeen()}.
   */
  constructor(parts, { store, link }, options) {
    this.#parts = parts;
    this.#store = store;
    this.#link = link;
    this.#options = options;
    this.#observer = new IntersectionObserver((entries) => this.#see(entries), { root: parts.main, rootMargin: "50px" });
    this.#watchUse();
    store.subscribe((change) => this.#note(change));
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** The tiles' buttons in the order of the page, for the keyboard. */
  buttons() {
    return [...this.#order.alarming, ...this.#order.quiet].map((name) => this.#tiles.get(name).open);
  }

  /** Patients whose tiles are within the window now. */
  visiblePatients() {
    return this.#visible;
  }

  showName(patient, name) {
    this.#tiles.get(patient)?.showName(name);
  }

  /** Take the right order now, whatever is being used. */
  orderNow() {
    this.#holding.released();
    this.#mustOrder = true;
    this.#ask();
  }

  #watchUse() {
    const now = () => performance.now();
    const { main } = this.#parts;
    const isOnTile = ({ target }) => target.closest?.(".tile") !== null;
    main.addEventListener("pointermove", (event) => isOnTile(event) && this.#holding.used(now()));
    main.addEventListener("pointerdown", (event) => isOnTile(event) && this.#holding.pressed(true, now()));
    main.addEventListener("keydown", (event) => isOnTile(event) && this.#holding.used(now()));
    main.addEventListener("pointerleave", () => this.#holding.released());
    for (const type of ["pointerup", "pointercancel"]) {
      addEventListener(type, () => this.#holding.pressed(false, now()));
    }
  }

  #note(change) {
    if (change.type === "reset") {
      this.#dirty = new Set(this.#store.patients.keys());
      this.#drawnAtMs.clear();
    } else if (change.type === "history") {
      this.#drawnAtMs.delete(change.patient);
    }
    const patient = change.patient ?? change.alarm?.patient;
    if (patient !== undefined) this.#dirty.add(patient);
    if (change.type === "patient") this.#mustOrder ||= this.#hasMoved(change.patient);
    else if (change.type !== "history" && change.type !== "receipt") this.#mustOrder = true;
    this.#ask();
    // A hidden page gets no frame to draw in; whoever is gone from it must not wait there until somebody looks.
    if (document.hidden && this.#store.patients.size === 0) this.#render();
  }

  /** Whether a patient is new on the page, or lies somewhere else than before. */
  #hasMoved(name) {
    const before = this.#tiles.get(name)?.place;
    const { ward, bed } = this.#store.patients.get(name);
    return before !== `${ward} ${bed}`;
  }

  #ask() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#render());
  }

  #render() {
    this.#frame = 0;
    if (this.#mustOrder) this.#arrange();
    const nowMs = this.#link.nowMs();
    for (const name of this.#dirty) this.#update(name, nowMs);
    this.#dirty.clear();
    this.#drawVisible(nowMs);
  }

  #arrange() {
    const order = orderOf(this.#store);
    for (const name of [...this.#tiles.keys()]) if (!this.#store.patients.has(name)) this.#remove(name);
    const isNew = [...order.alarming, ...order.quiet].filter((name) => !this.#tiles.has(name));
    const isSame = isSameOrder(order, this.#order);
    const hasGone = [...this.#order.alarming, ...this.#order.quiet].some((name) => !this.#tiles.has(name));
    // Who comes or goes changes the page anyway; and what is not on the page at all can't wait to be there.
    const mayWait = isNew.length === 0 && !hasGone && !isSame;
    if (mayWait && this.#holding.mustWait(performance.now())) {
      this.#options.onHold(true);
      return;
    }
    this.#mustOrder = false;
    this.#holding.settled();
    this.#options.onHold(false);
    if (!isSame) this.#place(order);
  }

  #place(order) {
    const focused = document.activeElement;
    this.#order = order;
    const nodes = (names) => names.map((name) => this.#tileOf(name).node);
    setChildren(this.#parts.alarming.querySelector(".tiles"), nodes(order.alarming));
    setChildren(this.#parts.quiet.querySelector(".tiles"), nodes(order.quiet));
    setHidden(this.#parts.alarming, order.alarming.length === 0);
    const beds = order.alarming.length + order.quiet.length;
    setHidden(this.#parts.nobody, beds > 0);
    setHidden(this.#parts.quiet, order.quiet.length === 0 && beds > 0);
    this.#parts.main.classList.toggle("compact", beds >= COMPACT_FROM);
    const wards = new Set([...this.#store.patients.values()].map((patient) => patient.ward));
    document.body.classList.toggle("many-wards", wards.size > 1);
    // A node that is moved loses the focus.
    if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    this.#options.onOrder();
  }

  #tileOf(name) {
    let tile = this.#tiles.get(name);
    if (tile === undefined) {
      tile = new Tile(name, this.#options);
      this.#tiles.set(name, tile);
      this.#dirty.add(name);
      this.#observer.observe(tile.node);
    }
    return tile;
  }

  #remove(name) {
    const { node } = this.#tiles.get(name);
    this.#observer.unobserve(node);
    node.remove();
    this.#tiles.delete(name);
    this.#visible.delete(name);
    this.#drawnAtMs.delete(name);
  }

  #update(name, nowMs) {
    const patient = this.#store.patients.get(name);
    if (patient === undefined) return;
    this.#tiles.get(name)?.update({ patient, alarms: this.#store.alarmsOf(name), nowMs });
  }

  #see(entries) {
    const come = [];
    for (const { target, isIntersecting } of entries) {
      const name = target.dataset.patient;
      const isSeen = isIntersecting && this.#tiles.has(name);
      if (isSeen && !this.#visible.has(name)) come.push(name);
      if (isSeen) this.#visible.add(name);
      else this.#visible.delete(name);
    }
    this.#options.onSeen();
    this.#tickAll(come);
    this.#ask();
  }

  #tick() {
    if (document.hidden) return;
    this.#tickAll(this.#visible);
    this.#ask();
  }

  #tickAll(names) {
    const nowMs = this.#link.nowMs();
    for (const name of names) {
      const tile = this.#tiles.get(name);
      if (tile?.record !== undefined) tile.tick(nowMs);
    }
  }

  #drawVisible(nowMs) {
    for (const name of this.#visible) {
      if (nowMs - (this.#drawnAtMs.get(name) ?? -Infinity) < DRAW_EVERY_MS) continue;
      const trend = this.#store.trendOf(name);
      if (trend === null) continue;
      this.#tiles.get(name)?.draw(trend, nowMs);
      this.#drawnAtMs.set(name, nowMs);
    }
  }
}
