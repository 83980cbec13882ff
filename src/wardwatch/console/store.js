/**
 * What the console knows: patients, their open alarms, their trends, receipts. No DOM, no clock, no network.
 *
 * Contract, for every other module of the page:
 *
 *   store.patients   Map of pseudonym -> Patient {patient, ward, bed, status, alarms}
 *                      status   the latest record of vitals.status, or null while none has come
 *                      alarms   Set of the names of the patient's open alarms
 *   store.alarms     Map of alarm name -> the latest record of vitals.alerts of that alarm; only open ones.
 *                    Alarms about the monitoring itself are among them; their patient is NOBODY.
 *   store.receipts   Map of command name -> record of vitals.receipts; the latest 200
 *   store.alarmsOf(patient)    array of the open alarms' records, the most urgent first
 *   store.historyOf(patient)   {at_ms: [...], vitals: {name: [value or null, ...]}}, a value a minute, oldest first;
 *                              from the feed's history answers and from live statuses since
 *   store.subscribe(listener)  -> function that ends it. The listener is called with one change at a time:
 *     {type: "reset", added, changed, removed}   a snapshot has replaced everything; records that are new,
 *                                   [record, the one before] of those that are not as they were, and that are gone
 *     {type: "alarm", alarm, before}    a record came; before is the one it replaces, or null. phase "end": it is over
 *     {type: "gone", alarm}             the alarm is not ours any more (moved, or below the priority asked for)
 *                                       A patient of whom there was no more than that alarm goes with it.
 *     {type: "patient", patient}        a status came
 *     {type: "left", patient}           the patient is no longer here
 *     {type: "history", patient}        trends came
 *     {type: "receipt", receipt}        what became of somebody's command from this console
 *
 * Records are the feed's own, unchanged: never change one.
 */

import { byUrgency } from "./signals.js";
import { Trend } from "./trend.js";

/** The patient and ward of alarms about the monitoring itself. */
export const NOBODY = "-";

// Far more than a feed could tell twice; the positions already see to it that it tells nothing twice.
const REMEMBERED_EVENTS = 5000;
const REMEMBERED_RECEIPTS = 200;

export class Store {
  #listeners = new Set();
  #told = new Set(); // names of events, the oldest first
  #sequences = new Map(); // patient -> the highest sequence seen
  #trends = new Map();

  constructor() {
    this.patients = new Map();
    this.alarms = new Map();
    this.receipts = new Map();
    /** How many events came twice and were dropped. */
    this.duplicates = 0;
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Take in a message of the feed; types that say nothing about patients are ignored. */
  take(message) {
    const takes = {
      snapshot: () => this.#replace(message.alarms, message.patients ?? []),
      subscribed: () => message.recovered && this.#resume(message.monitoring ?? [], message.patients ?? []),
      event: () => this.#takeAlarm(message.alarm),
      gone: () => this.#takeGone(message.alarm),
      status: () => this.#takeStatus(message.status),
      left: () => this.#takeLeft(message.patient),
      history: () => this.#takeHistory(message),
      receipt: () => this.#takeReceipt(message.receipt),
    };
    takes[message.type]?.();
  }

  alarmsOf(patient) {
    const names = this.patients.get(patient)?.alarms ?? [];
    return [...names].map((name) => this.alarms.get(name)).sort(byUrgency);
  }

  /** Alarms about the monitoring itself, the most urgent first. */
  monitoringAlarms() {
    return [...this.alarms.values()].filter((alarm) => alarm.patient === NOBODY).sort(byUrgency);
  }

  /** The patient's Trend (trend.js), or null. */
  trendOf(patient) {
    return this.#trends.get(patient) ?? null;
  }

  historyOf(patient) {
    return this.#trends.get(patient)?.asHistory() ?? { at_ms: [], vitals: {} };
  }

  /** Forget everything, as at a logout. */
  clear() {
    this.#replace([], []);
    this.receipts.clear();
  }

  #tell(change) {
    for (const listener of this.#listeners) listener(change);
  }

  #replace(alarms, statuses) {
    const before = this.alarms;
    this.alarms = new Map();
    this.patients = new Map();
    this.#told.clear();
    this.#sequences.clear();
    for (const status of statuses) this.#put(status);
    for (const alarm of alarms) {
      this.#remember(alarm);
      this.#open(alarm, { mayBeOlderThanStatus: true });
    }
    for (const name of this.#trends.keys()) if (!this.patients.has(name)) this.#trends.delete(name);
    this.#tell({
      type: "reset",
      added: alarms.filter((alarm) => !before.has(alarm.alarm)),
      changed: alarms
        .map((alarm) => [alarm, before.get(alarm.alarm)])
        .filter(([alarm, known]) => known !== undefined && known.event !== alarm.event),
      removed: [...before.values()].filter((alarm) => !this.alarms.has(alarm.alarm)),
    });
  }

  /** What was missed comes next, as events; of what stands in no log the feed tells how it is now. */
  #resume(monitoring, statuses) {
    const here = new Set(statuses.map((status) => status.patient));
    for (const known of [...this.patients.values()].filter(({ patient }) => !here.has(patient))) {
      // Whoever has an alarm stays until that is over or gone: those are events, and none of them is missing.
      known.status = null;
      if (known.alarms.size === 0) this.#takeLeft(known.patient);
    }
    for (const status of statuses) this.#takeStatus(status);
    this.#replaceMonitoring(monitoring);
  }

  #replaceMonitoring(alarms) {
    const now = new Set(alarms.map((alarm) => alarm.alarm));
    for (const alarm of this.monitoringAlarms()) if (!now.has(alarm.alarm)) this.#takeGone(alarm.alarm);
    for (const alarm of alarms) this.#takeAlarm(alarm);
  }

  #takeAlarm(alarm) {
    if (this.#isOld(alarm)) {
      this.duplicates += 1;
      return;
    }
    const before = this.alarms.get(alarm.alarm) ?? null;
    this.#remember(alarm);
    if (alarm.phase === "end") this.#close(alarm);
    else this.#open(alarm);
    this.#tell({ type: "alarm", alarm, before });
  }

  /** Whoever has seen a higher sequence of a patient has seen this event. Each feed has its own for NOBODY. */
  #isOld(alarm) {
    if (this.#told.has(alarm.event)) return true;
    return alarm.patient !== NOBODY && alarm.sequence <= (this.#sequences.get(alarm.patient) ?? -1);
  }

  #remember(alarm) {
    this.#told.add(alarm.event);
    if (this.#told.size > REMEMBERED_EVENTS) this.#told.delete(this.#told.values().next().value);
    const highest = Math.max(alarm.sequence, this.#sequences.get(alarm.patient) ?? -1);
    this.#sequences.set(alarm.patient, highest);
  }

  #open(alarm, { mayBeOlderThanStatus = false } = {}) {
    this.alarms.set(alarm.alarm, alarm);
    if (alarm.patient === NOBODY) return;
    const known = this.patients.get(alarm.patient);
    const patient = known?.status && mayBeOlderThanStatus ? known : this.#patientOf(alarm);
    patient.alarms.add(alarm.alarm);
  }

  #close(alarm) {
    this.alarms.delete(alarm.alarm);
    const patient = this.patients.get(alarm.patient);
    patient?.alarms.delete(alarm.alarm);
    // Known only by an alarm that is over: nothing is left to show.
    if (patient?.status === null && patient.alarms.size === 0) this.patients.delete(alarm.patient);
  }

  #takeGone(name) {
    const alarm = this.alarms.get(name);
    if (alarm === undefined) return;
    this.#close(alarm);
    this.#tell({ type: "gone", alarm });
  }

  #takeStatus(status) {
    this.#put(status);
    this.#tell({ type: "patient", patient: status.patient });
  }

  #put(status) {
    this.#patientOf(status).status = status;
    this.#trendFor(status.patient).takeStatus(status);
  }

  /** The patient whom a record is about, who lies where the record says. */
  #patientOf(record) {
    let patient = this.patients.get(record.patient);
    if (patient === undefined) {
      patient = { patient: record.patient, ward: "", bed: "", status: null, alarms: new Set() };
      this.patients.set(record.patient, patient);
    }
    patient.ward = record.ward;
    patient.bed = record.bed;
    return patient;
  }

  #takeLeft(name) {
    const patient = this.patients.get(name);
    if (patient === undefined) return;
    for (const alarm of patient.alarms) this.#takeGone(alarm);
    this.patients.delete(name);
    this.#trends.delete(name);
    this.#tell({ type: "left", patient: name });
  }

  #trendFor(name) {
    let trend = this.#trends.get(name);
    if (trend === undefined) this.#trends.set(name, (trend = new Trend()));
    return trend;
  }

  #takeHistory(message) {
    if (!this.patients.has(message.patient)) return;
    this.#trendFor(message.patient).takeHistory(message);
    this.#tell({ type: "history", patient: message.patient });
  }

  #takeReceipt(receipt) {
    this.receipts.set(receipt.command, receipt);
    if (this.receipts.size > REMEMBERED_RECEIPTS) this.receipts.delete(this.receipts.keys().next().value);
    this.#tell({ type: "receipt", receipt });
  }
}
