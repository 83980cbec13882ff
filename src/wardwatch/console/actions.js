/**
 * What a nurse can do about an alarm or a patient, as buttons.
 *
 * Commands are those of docs/commands.md. A button is there where the login may give its command and where it
 * makes sense by now; whether it can be done says the feed, in the receipt's own sentence.
 */

import { button } from "./buttons.js";
import { element, setHidden } from "./dom.js";
import { presenceOf } from "./signals.js";
import { conditionInWords } from "./words.js";

// Choices are our own. The longest are what docs/alarms.md has unless a ward wants otherwise; a ward that allows
// less refuses them with a sentence, and without a duration it is as long as the ward allows.
const AUDIO_PAUSES_S = [30, 60, 120];
const ALARM_PAUSES_S = [120, 300, 600];
const LONGEST_TEXT = 500; // docs/commands.md

const inMinutes = (seconds) => (seconds < 60 ? `${seconds} s` : `${seconds / 60} min`);
const pauses = (seconds) => [
  ...seconds.map((each) => ({ label: inMinutes(each), more: { duration_s: each } })),
  { label: "As long as the ward allows", more: {} },
];
const LABELS = [
  { label: "Actionable", more: { label: "actionable" } },
  { label: "Not actionable", more: { label: "not_actionable" } },
  { label: "Artefact", more: { label: "artefact" } },
];
const isLatched = ({ alarm }) => alarm.state === "latched";
const isInactive = ({ alarm }) => presenceOf(alarm) === "inactive";

/**
 * An action: `verb` and `label`; `when` it is offered, all the time if not given; `fields` of its command; and
 * what it asks for first: `choices`, a text (`writes`), or only whether one is sure (`confirm`, with `label`).
 */
const OF_AN_ALARM = [
  {
    verb: "acknowledge", label: "Acknowledge", primary: true,
    when: ({ alarm }) => presenceOf(alarm) === "on",
    fields: ({ alarm }) => ({ alarm: alarm.alarm }),
  },
  {
    verb: "pause_alarm", label: "Pause this alarm", choices: pauses(ALARM_PAUSES_S),
    when: (subject) => !isLatched(subject) && !isInactive(subject),
    fields: ({ alarm }) => ({ condition: alarm.condition }),
  },
  {
    verb: "resume_alarm", label: "Resume this alarm", when: isInactive,
    fields: ({ alarm }) => ({ condition: alarm.condition }),
  },
  {
    verb: "alarm_off", label: "Turn this alarm off", yes: "Turn off",
    when: (subject) => !isLatched(subject) && subject.alarm.inactivation !== "alarm-off",
    fields: ({ alarm }) => ({ condition: alarm.condition }),
    confirm: ({ alarm }) =>
      `“${conditionInWords(alarm.condition)}” of this patient will neither sound nor go on to anybody until somebody resumes it.`,
  },
  { verb: "note", label: "Note", writes: "Note", fields: ({ alarm }) => ({ alarm: alarm.alarm }) },
  { verb: "feedback", label: "Feedback", choices: LABELS, fields: ({ alarm }) => ({ alarm: alarm.alarm }) },
];

// In a status, for all conditions of a patient (core/events.py).
const EVERYTHING = "*";
const inhibitedAll = ({ status }) => EVERYTHING in (status?.inhibited ?? {});
const inhibitedAny = ({ status }) => Object.keys(status?.inhibited ?? {}).length > 0;
const audioPaused = ({ status, alarms }) =>
  Boolean(status?.audio_paused_until_ms) || alarms.some((alarm) => alarm.inactivation === "audio-paused");

const OF_A_PATIENT = [
  {
    verb: "pause_audio", label: "Pause sound", choices: pauses(AUDIO_PAUSES_S),
    when: (subject) => !audioPaused(subject) && subject.alarms.some((alarm) => presenceOf(alarm) === "on"),
  },
  { verb: "resume_audio", label: "Sound on again", when: audioPaused },
  {
    verb: "pause_alarm", label: "Pause all alarms", choices: pauses(ALARM_PAUSES_S),
    when: (subject) => !inhibitedAll(subject),
  },
  { verb: "resume_alarm", label: "Resume all alarms", when: inhibitedAny },
  {
    verb: "alarm_off", label: "Turn all alarms off", yes: "Turn all off",
    when: (subject) => subject.status?.inhibited?.[EVERYTHING] !== null,
    confirm: () => "No alarm of this patient will sound or go on to anybody until somebody resumes them.",
  },
  {
    verb: "new_normal", label: "New normal", yes: "This is the new normal",
    confirm: () =>
      "What is measured now is taken as usual for this patient from now on. Hard limits and NEWS2 stay as they are.",
  },
];

/** Buttons for one subject: `show(subject)` says which there are by now. `give(order, label)` sends a command. */
export class Actions {
  #buttons = [];
  #asking = null;

  constructor(kind, { may, give }) {
    this.give = give;
    const actions = (kind === "alarm" ? OF_AN_ALARM : OF_A_PATIENT).filter(({ verb }) => may(verb));
    this.row = element("div", { class: "actions", role: "group", "aria-label": kind === "alarm" ? "About this alarm" : "About this patient" });
    this.ask = element("div", { class: "ask", role: "group", hidden: true });
    this.element = element("div", { class: "actions-box", hidden: actions.length === 0 }, this.row, this.ask);
    for (const action of actions) this.#add(action);
    this.ask.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // the question is closed, not the patient
      this.#close();
    });
  }

  show(subject) {
    this.subject = subject;
    for (const { action, opener } of this.#buttons) {
      const offered = action.when?.(subject) ?? true;
      if (!offered && this.#asking?.action === action) this.#close();
      if (!offered && opener === document.activeElement) this.row.closest("[tabindex]")?.focus();
      setHidden(opener, !offered);
    }
  }

  #add(action) {
    const asks = action.choices || action.writes || action.confirm;
    const attributes = { class: action.primary ? "primary" : "quiet", "data-verb": action.verb };
    if (asks) attributes["aria-expanded"] = "false";
    const opener = button(action.label, () => (asks ? this.#open(action, opener) : this.#order(action)), attributes);
    this.#buttons.push({ action, opener });
    this.row.append(opener);
  }

  #order(action, more = {}, chosen = "") {
    const fields = action.fields?.(this.subject) ?? {};
    const label = chosen && chosen !== action.yes ? `${action.label}: ${chosen}` : action.label;
    this.give({ patient: this.subject.patient, verb: action.verb, ...fields, ...more }, label);
    this.#close();
  }

  #open(action, opener) {
    const isSame = this.#asking?.action === action;
    this.#close();
    if (isSame) return;
    this.#asking = { action, opener };
    opener.setAttribute("aria-expanded", "true");
    this.ask.setAttribute("aria-label", action.label);
    this.ask.replaceChildren(...this.#question(action), button("Cancel", () => this.#close(), { class: "quiet" }));
    this.ask.hidden = false;
    this.ask.querySelector("textarea, button").focus();
  }

  #question(action) {
    if (action.choices) {
      const choose = ({ label, more }) => button(label, () => this.#order(action, more, label), { class: "quiet" });
      return [element("p", {}, `${action.label}:`), ...action.choices.map(choose)];
    }
    if (action.writes) return this.#textQuestion(action);
    const text = action.confirm(this.subject);
    return [element("p", {}, text), button(action.yes, () => this.#order(action, {}, action.yes), { class: "primary" })];
  }

  #textQuestion(action) {
    const name = `note-${this.subject.alarm.alarm}`;
    const area = element("textarea", { id: name, rows: 2, maxlength: LONGEST_TEXT });
    const help = element("p", { class: "help" }, "Kept with the alarm. Write no name of a patient.");
    const send = () => {
      // A note is one line: docs/commands.md.
      const text = area.value.replace(/\s+/g, " ").trim();
      if (text) this.#order(action, { text });
      else area.focus();
    };
    return [element("label", { for: name }, action.writes), area, help, button("Keep the note", send, { class: "primary" })];
  }

  #close() {
    if (this.#asking === null) return;
    const { opener } = this.#asking;
    const hadFocus = this.ask.contains(document.activeElement);
    opener.setAttribute("aria-expanded", "false");
    this.#asking = null;
    this.ask.hidden = true;
    this.ask.replaceChildren();
    if (hadFocus && !opener.hidden) opener.focus();
  }
}
