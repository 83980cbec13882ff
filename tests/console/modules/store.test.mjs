import assert from "node:assert/strict";
import { test } from "node:test";

import { NOBODY, Store } from "../../../src/wardwatch/console/store.js";
import { alarmRecord, event, snapshot, statusRecord } from "./records.mjs";

function watched() {
  const store = new Store();
  const changes = [];
  store.subscribe((change) => changes.push(change));
  return { store, changes };
}

test("a snapshot replaces all, and says what is new and what is gone", () => {
  const { store, changes } = watched();
  store.take(snapshot([alarmRecord({ alarm: "a-1" })], [statusRecord()]));
  store.take(snapshot([alarmRecord({ alarm: "a-2", patient: "p-2" })], [statusRecord({ patient: "p-2" })]));
  assert.deepEqual([...store.patients.keys()], ["p-2"]);
  assert.deepEqual([...store.alarms.keys()], ["a-2"]);
  assert.deepEqual(changes[1].added.map(({ alarm }) => alarm), ["a-2"]);
  assert.deepEqual(changes[1].removed.map(({ alarm }) => alarm), ["a-1"]);
});

test("a snapshot says which alarms are not as they were", () => {
  const { store, changes } = watched();
  const [same, risen] = [alarmRecord({ alarm: "a-1" }), alarmRecord({ alarm: "a-2", priority: "low" })];
  store.take(snapshot([same, risen]));
  const now = alarmRecord({ alarm: "a-2", priority: "high" });
  store.take(snapshot([same, now]));
  assert.deepEqual(changes[1].added, []);
  assert.deepEqual(changes[1].changed, [[now, risen]]);
});

test("an alarm is open from its start to its end", () => {
  const { store, changes } = watched();
  store.take(event({ phase: "start" }));
  assert.equal(store.alarms.get("a-1").phase, "start");
  store.take(event({ phase: "update", priority: "high" }));
  assert.equal(store.alarms.get("a-1").priority, "high");
  assert.equal(changes[1].before.priority, "medium");
  store.take(event({ phase: "end", state: "off" }));
  assert.equal(store.alarms.size, 0);
  assert.equal(changes[2].alarm.phase, "end");
});

test("what was told before is not told again: neither the same event nor an older one", () => {
  const { store, changes } = watched();
  const [older, newer] = [event(), event({ phase: "update" })];
  store.take(newer);
  store.take(newer);
  store.take(older);
  assert.equal(changes.length, 1);
  assert.equal(store.duplicates, 2);
  assert.equal(store.alarms.get("a-1").phase, "update");
});

test("the sequence of alarms about the monitoring begins anew with each feed", () => {
  const { store } = watched();
  store.take(event({ alarm: "m-1", patient: NOBODY, sequence: 9 }));
  store.take(event({ alarm: "m-2", patient: NOBODY, sequence: 1 }));
  assert.deepEqual(store.monitoringAlarms().map(({ alarm }) => alarm).sort(), ["m-1", "m-2"]);
  assert.equal(store.patients.size, 0);
});

test("a resumed subscription tells anew of the monitoring and of who is here", () => {
  const { store, changes } = watched();
  const stalled = alarmRecord({ alarm: "m-1", patient: NOBODY });
  store.take(snapshot([alarmRecord(), stalled], [statusRecord(), statusRecord({ patient: "p-2" })]));
  const late = alarmRecord({ alarm: "m-2", patient: NOBODY });
  store.take({ type: "subscribed", recovered: true, monitoring: [late], patients: [statusRecord()] });
  assert.deepEqual(store.monitoringAlarms().map(({ alarm }) => alarm), ["m-2"]);
  assert.deepEqual([...store.patients.keys()], ["p-1"]);
  assert.ok(store.alarms.has("a-1"));
  assert.ok(changes.some(({ type, patient }) => type === "left" && patient === "p-2"));
});

test("who has left while we were away stays until the last alarm is over", () => {
  const { store } = watched();
  store.take(snapshot([alarmRecord()], [statusRecord()]));
  store.take({ type: "subscribed", recovered: true, monitoring: [], patients: [] });
  assert.ok(store.patients.has("p-1"));
  store.take(event({ phase: "end", state: "off" }));
  assert.equal(store.patients.size, 0);
});

test("an alarm that is not ours any more goes, and a patient known by it alone goes with it", () => {
  const { store } = watched();
  store.take(event());
  store.take({ type: "gone", position: "c:2", alarm: "a-1" });
  assert.equal(store.alarms.size, 0);
  assert.equal(store.patients.size, 0);
});

test("a patient who has left takes the alarms along", () => {
  const { store, changes } = watched();
  store.take(snapshot([alarmRecord()], [statusRecord()]));
  store.take({ type: "left", patient: "p-1" });
  assert.equal(store.patients.size + store.alarms.size, 0);
  assert.deepEqual(changes.slice(1).map(({ type }) => type), ["gone", "left"]);
});

test("a patient lies where the latest record says", () => {
  const { store } = watched();
  store.take(snapshot([alarmRecord({ bed: "1" })], [statusRecord({ bed: "2" })]));
  assert.equal(store.patients.get("p-1").bed, "2"); // the alarm may have begun before the move
  store.take(event({ alarm: "a-2", bed: "3" }));
  assert.equal(store.patients.get("p-1").bed, "3");
});

test("history and live values make one trend, in which live values stand", () => {
  const { store } = watched();
  const minute = 1_795_288_020_000; // a whole minute
  store.take(snapshot([], [statusRecord({ vitals: { heart_rate: { value: 80, observed_at_ms: minute + 5 } } })]));
  store.take({
    type: "history",
    patient: "p-1",
    at_ms: [minute - 120_000, minute - 60_000, minute],
    vitals: { heart_rate: [70, null, 71] },
    alarms: [],
  });
  assert.deepEqual(store.historyOf("p-1"), { at_ms: [minute - 120_000, minute], vitals: { heart_rate: [70, 80] } });
  assert.deepEqual(store.historyOf("p-9"), { at_ms: [], vitals: {} });
});

test("receipts are kept by the name of their command", () => {
  const { store, changes } = watched();
  store.take({ type: "receipt", receipt: { command: "c-1", verdict: "done" } });
  assert.equal(store.receipts.get("c-1").verdict, "done");
  assert.equal(changes[0].type, "receipt");
});

test("nothing is left of anybody after a logout", () => {
  const { store } = watched();
  store.take(snapshot([alarmRecord()], [statusRecord()]));
  store.clear();
  assert.equal(store.patients.size + store.alarms.size + store.receipts.size, 0);
  assert.deepEqual(store.historyOf("p-1").at_ms, []);
});
