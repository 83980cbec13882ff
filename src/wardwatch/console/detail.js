/**
 * The opened tile: a panel beside the beds, for one patient at a time. The beds stay in sight, so that a new alarm
 * elsewhere is seen; so it is no modal dialog, and Escape closes it.
 */

import { Actions } from "./actions.js";
import { AlarmCard } from "./alarm_card.js";
import { button } from "./buttons.js";
import { Charts } from "./charts.js";
import { element, setHidden, setText } from "./dom.js";
import { Episodes } from "./episodes.js";
import { EventList } from "./event_list.js";
import { NameLine } from "./name_line.js";
import { Orders } from "./orders.js";
import { PatientLines } from "./patient_lines.js";
import { news2Missing, news2Range } from "./phrases.js";

const HISTORY_MINUTES = 240;
// Our own choice: ages and countdowns move, and charts are drawn again.
const TICK_MS = 1000;
const DELIVERIES_EVERY_MS = 5000;

let opened = null;

/** Open a patient's tile; a second patient takes the place of the first. */
export function openDetail(patient, { store, link }) {
  if (opened?.patient === patient) {
    opened.element.focus();
    return opened;
  }
  const opener = opened?.opener ?? document.activeElement;
  opened?.close();
  opened = new Detail(patient, { store, link, opener });
  document.body.append(opened.element);
  opened.begin();
  return opened;
}

/** Close what is open, as at a logout. */
export function closeDetail() {
  opened?.close();
}

class Detail {
  #cards = new Map(); // alarm -> AlarmCard
  #episodes = new Episodes();
  #endings = [];
  #askedDeliveriesMs = -Infinity;
  #isLive = null;

  constructor(patient, { store, link, opener }) {
    Object.assign(this, { patient, store, link, opener });
    this.orders = new Orders(link);
    const doing = { may: (verb) => link.may(verb), give: (order, label) => this.orders.give(order, label) };
    this.doing = doing;
    this.actions = new Actions("patient", doing);
    this.charts = new Charts();
    this.events = new EventList();
    this.lines = new PatientLines();
    this.name = new NameLine(patient, link);
    this.#build();
  }

  #build() {
    this.title = element("h2", { id: "detail-title", class: "detail-title" });
    this.where = element("p", { class: "detail-where" });
    this.notice = element("p", { class: "detail-notice", role: "status", hidden: true });
    this.cards = element("ul", { class: "cards", role: "list" });
    this.calm = element("p", { class: "calm" }, "No open alarm.");
    const close = button("Close", () => this.close(), { class: "quiet" });
    const head = element(
      "header",
      { class: "detail-head" },
      element("div", { class: "detail-who" }, this.title, this.name.text, this.where),
      this.name.toggle,
      close,
    );
    const { inhibitions, devices } = this.lines;
    const section = (title, ...children) => element("section", { class: "detail-part" }, element("h3", {}, title), ...children);
    this.element = element(
      "section",
      { id: "detail", class: "detail", role: "dialog", "aria-labelledby": "detail-title", tabindex: -1 },
      head,
      this.notice,
      section("Open alarms", this.calm, this.cards),
      section("This patient", inhibitions, this.actions.element, this.orders.element, devices),
      section("Last hours", this.charts.element),
      section("History", this.events.element),
    );
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  begin() {
    const tick = setInterval(() => this.#tick(), TICK_MS);
    this.#endings.push(
      () => clearInterval(tick),
      this.store.subscribe((change) => this.#take(change)),
      this.link.on("state", () => this.#lookAtLink()),
      this.link.on("out", () => this.close()),
    );
    for (const alarm of this.store.alarmsOf(this.patient)) this.#episodes.take(alarm);
    this.#show();
    this.#lookAtLink();
    this.element.focus();
  }

  close() {
    if (opened === this) opened = null;
    for (const end of this.#endings.splice(0)) end();
    this.charts.close();
    this.name.close();
    this.element.remove();
    if (this.opener?.isConnected) this.opener.focus();
  }

  #take(change) {
    const { type } = change;
    if (type === "reset") {
      this.#askHistory();
      for (const alarm of this.store.alarmsOf(this.patient)) this.#episodes.take(alarm);
      this.#show();
    } else if ((type === "alarm" || type === "gone") && change.alarm.patient === this.patient) {
      if (type === "alarm") this.#episodes.take(change.alarm);
      this.#askedDeliveriesMs = -Infinity;
      this.#show();
    } else if (type === "receipt") {
      this.orders.take(change.receipt);
    } else if (["patient", "history", "left"].includes(type) && change.patient === this.patient) {
      this.#show();
    }
  }

  #tick() {
    this.#show();
    this.#askDeliveries();
  }

  /** The feed may have been away: what has happened meanwhile is asked for again. */
  #lookAtLink() {
    const { live } = this.link.state;
    if (live && this.#isLive !== true) this.#askHistory();
    this.#isLive = live;
  }

  async #askHistory() {
    if (!this.link.may("history")) return;
    const asked = { type: "history", patients: [this.patient], minutes: HISTORY_MINUTES };
    try {
      const history = await this.link.request(asked);
      for (const event of history.alarms) this.#episodes.take(event);
      this.#show();
    } catch {
      // There is no connection, or the patient has left: both are said where they are seen.
    }
  }

  #askDeliveries() {
    const now = performance.now();
    if (!this.link.may("deliveries") || !this.link.state.live) return;
    if (now - this.#askedDeliveriesMs < DELIVERIES_EVERY_MS) return;
    this.#askedDeliveriesMs = now;
    for (const [alarm, card] of this.#cards) {
      this.link.request({ type: "deliveries", alarm }).then(
        ({ consoles }) => card.showDeliveries(consoles),
        () => {}, // nothing is known of it, and nothing is said
      );
    }
  }

  #show() {
    const known = this.store.patients.get(this.patient);
    const nowMs = this.link.nowMs();
    const status = known?.status ?? null;
    this.#say(known === undefined ? "This patient is no longer in your wards. What is shown here is not kept up." : "");
    if (known) {
      setText(this.title, known.bed ? `Bed ${known.bed} · ${this.patient}` : this.patient);
      setText(this.where, whereInWords(known, status));
    }
    const alarms = this.store.alarmsOf(this.patient);
    this.#showCards(alarms, status, nowMs);
    this.lines.show(status, nowMs);
    this.actions.show({ patient: this.patient, status, alarms });
    const spans = this.#episodes.spans();
    this.charts.show({ history: this.store.historyOf(this.patient), status, spans, nowMs });
    this.events.show(this.#episodes.log(), nowMs);
  }

  #say(text) {
    setText(this.notice, text);
    setHidden(this.notice, text === "");
  }

  #showCards(alarms, status, nowMs) {
    for (const [name, card] of this.#cards) {
      if (alarms.some((alarm) => alarm.alarm === name)) continue;
      if (card.element.contains(document.activeElement)) this.element.focus();
      card.element.remove();
      this.#cards.delete(name);
    }
    alarms.forEach((alarm, place) => {
      let card = this.#cards.get(alarm.alarm);
      if (card === undefined) this.#cards.set(alarm.alarm, (card = new AlarmCard(this.doing)));
      // A card that moves would lose the focus: only one that is not in its place is moved.
      if (this.cards.children[place] !== card.element) this.cards.insertBefore(card.element, this.cards.children[place] ?? null);
      card.show(alarm, status, nowMs);
    });
    setHidden(this.calm, alarms.length > 0);
  }
}

/** "Ward 4B · NEWS2 1–6, oxygen and consciousness missing". */
function whereInWords({ ward }, status) {
  if (status === null) return `Ward ${ward}`;
  const missing = news2Missing(status.news2);
  return `Ward ${ward} · NEWS2 ${news2Range(status.news2)}${missing && `, ${missing}`}`;
}
