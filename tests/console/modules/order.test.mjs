import assert from "node:assert/strict";
import { test } from "node:test";

import { Holding } from "../../../src/wardwatch/console/holding.js";
import { isSameOrder, orderOf } from "../../../src/wardwatch/console/order.js";
import { byUrgency, countWaiting, presenceOf } from "../../../src/wardwatch/console/signals.js";
import { Store } from "../../../src/wardwatch/console/store.js";
import { alarmRecord, snapshot, statusRecord } from "./records.mjs";

const SEEN = { inactivation: "alert-acknowledged" };
const PAUSED = { state: "inactive", inactivation: "alarm-paused" };

function ordered(alarms, beds = {}) {
  const store = new Store();
  const patients = new Set([...alarms.map(({ patient }) => patient), ...Object.keys(beds)]);
  const statuses = [...patients].map((patient) => statusRecord({ patient, bed: beds[patient] ?? "1" }));
  store.take(snapshot(alarms, statuses));
  return orderOf(store);
}
const of = (patient, said) => alarmRecord({ alarm: `of-${patient}-${said.priority}`, patient, ...said });

test("alarming patients come first: by priority, then who has waited longest", () => {
  const { alarming, quiet } = ordered(
    [
      of("late", { priority: "high", onset_ms: 2 }),
      of("early", { priority: "high", onset_ms: 1 }),
      of("low", { priority: "low", onset_ms: 0 }),
      of("medium", { priority: "medium", onset_ms: 0 }),
    ],
    { calm: "7" },
  );
  assert.deepEqual(alarming, ["early", "late", "medium", "low"]);
  assert.deepEqual(quiet, ["calm"]);
});

test("who waits for an answer comes before what somebody is on, and that before what is paused", () => {
  const { alarming } = ordered([
    of("paused", { priority: "high", ...PAUSED }),
    of("seen", { priority: "high", ...SEEN }),
    of("waits", { priority: "low" }),
  ]);
  assert.deepEqual(alarming, ["waits", "seen", "paused"]);
});

test("the most urgent alarm of a patient counts", () => {
  const { alarming } = ordered([
    of("both", { priority: "low" }),
    of("both", { priority: "high" }),
    of("one", { priority: "medium" }),
  ]);
  assert.deepEqual(alarming, ["both", "one"]);
});

test("technical alarms move nobody", () => {
  const { alarming, quiet } = ordered([of("p", { priority: "high", kind: "technical" })]);
  assert.deepEqual([alarming, quiet], [[], ["p"]]);
});

test("beds are counted as people count", () => {
  const { quiet } = ordered([], { a: "10", b: "2", c: "1b", d: "1a" });
  assert.deepEqual(quiet, ["d", "c", "b", "a"]);
});

test("an order is total, so that nothing jumps between equals", () => {
  const [one, other] = [alarmRecord({ alarm: "a" }), alarmRecord({ alarm: "b" })];
  assert.equal(Math.sign(byUrgency(one, other)), -Math.sign(byUrgency(other, one)));
});

test("two orders are the same if nobody has moved", () => {
  const order = { alarming: ["a"], quiet: ["b", "c"] };
  assert.ok(isSameOrder(order, { alarming: ["a"], quiet: ["b", "c"] }));
  assert.ok(!isSameOrder(order, { alarming: ["a"], quiet: ["c", "b"] }));
  assert.ok(!isSameOrder(order, { alarming: [], quiet: ["a", "b", "c"] }));
});

test("what waits for an answer is counted, by priority", () => {
  const alarms = [of("a", { priority: "high" }), of("b", { priority: "high", ...SEEN }), of("c", { priority: "low" })];
  assert.deepEqual(countWaiting(alarms), { high: 1, medium: 0, low: 1 });
});

test("an alarm flashes until it is answered, also while its sound is paused or its condition is over", () => {
  assert.equal(presenceOf(alarmRecord({ inactivation: "audio-paused" })), "on");
  assert.equal(presenceOf(alarmRecord({ state: "latched" })), "on");
  assert.equal(presenceOf(alarmRecord(SEEN)), "acknowledged");
  assert.equal(presenceOf(alarmRecord(PAUSED)), "inactive");
  assert.equal(presenceOf(alarmRecord({ state: "inactive", inactivation: "alarm-off" })), "inactive");
});

test("tiles stay while they are being used, but not for ever", () => {
  const holding = new Holding();
  assert.ok(!holding.mustWait(0));
  holding.settled();
  holding.used(1000);
  assert.ok(holding.mustWait(1500));
  assert.ok(!holding.mustWait(2600)); // the pointer rests
  holding.settled();
  holding.pressed(true, 10_000);
  assert.ok(holding.mustWait(10_000));
  assert.ok(holding.mustWait(19_999));
  assert.ok(!holding.mustWait(20_000)); // whoever presses for so long can't hold an alarm back
  holding.settled();
  holding.pressed(true, 30_000);
  holding.released();
  assert.ok(!holding.mustWait(30_001));
});
