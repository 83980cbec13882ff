/** In which order patients stand on the page. No DOM, no clock. */

import { byUrgency, isTechnical } from "./signals.js";

const natural = new Intl.Collator("en", { numeric: true });

/** By ward and bed, as people count: bed 2 before bed 10. */
export function byBed(one, other) {
  return (
    natural.compare(one.ward, other.ward) ||
    natural.compare(one.bed, other.bed) ||
    natural.compare(one.patient, other.patient)
  );
}

/**
 * {alarming, quiet}: names of patients. Those with an alarm about themselves come first, by their most urgent
 * one; among equals who has waited longest, so that a new alarm does not push the others about. All others lie
 * in the order of their beds. Technical alarms stand apart and move nobody.
 */
export function orderOf(store) {
  const alarming = [];
  const quiet = [];
  for (const patient of store.patients.values()) {
    const first = store.alarmsOf(patient.patient).find((alarm) => !isTechnical(alarm));
    if (first === undefined) quiet.push(patient);
    else alarming.push({ patient, first });
  }
  alarming.sort((one, other) => byUrgency(one.first, other.first));
  return {
    alarming: alarming.map(({ patient }) => patient.patient),
    quiet: quiet.sort(byBed).map((patient) => patient.patient),
  };
}

/** Whether two orders are the same. */
export function isSameOrder(one, other) {
  const same = (left, right) => left.length === right.length && left.every((name, index) => name === right[index]);
  return same(one.alarming, other.alarming) && same(one.quiet, other.quiet);
}
