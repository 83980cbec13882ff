import assert from "node:assert/strict";
import { test } from "node:test";

import { burstLength_s, pulsesOf } from "../../../src/wardwatch/console/bursts.js";
import { LONGEST_PAUSE_MS, Sounding, isHeard } from "../../../src/wardwatch/console/sounding.js";
import { alarmRecord } from "./records.mjs";

function listening(open = []) {
  const heard = [];
  const sounding = new Sounding((priority) => heard.push(priority));
  sounding.switch(true, open);
  return { heard, sounding };
}
const high = (said) => alarmRecord({ alarm: "h", priority: "high", ...said });
const medium = (said) => alarmRecord({ alarm: "m", priority: "medium", ...said });

test("bursts have 10, 3 and 1 pulses, and are told apart by their rhythm", () => {
  assert.deepEqual(["high", "medium", "low"].map((priority) => pulsesOf(priority).length), [10, 3, 1]);
  for (const priority of ["high", "medium", "low"]) {
    const pulses = pulsesOf(priority);
    pulses.slice(1).forEach((pulse, index) => assert.ok(pulse.at_s > pulses[index].at_s + pulses[index].length_s));
    assert.ok(burstLength_s(priority) < 6);
  }
});

test("nothing sounds until somebody has switched it on; then the most urgent at once", () => {
  const heard = [];
  const sounding = new Sounding((priority) => heard.push(priority));
  sounding.hear(high(), null);
  assert.deepEqual(heard, []);
  sounding.switch(true, [medium(), high(), high({ inactivation: "alert-acknowledged" })]);
  assert.deepEqual(heard, ["high"]);
});

test("an alarm sounds when it begins, rises, repeats, is passed on or is back", () => {
  assert.ok(isHeard(medium(), null));
  assert.ok(isHeard(high(), medium()));
  for (const cause of ["repeat", "escalation", "acknowledgement_over", "audio_resumed", "alarm_resumed"]) {
    assert.ok(isHeard(high({ cause }), high()), cause);
  }
  assert.ok(isHeard(high({ cause: "acknowledgement_over" }), high({ inactivation: "alert-acknowledged" })));
  assert.ok(isHeard(high(), high({ state: "inactive", inactivation: "alarm-paused" })));
});

test("what somebody has answered, what eases, moves or ends does not sound", () => {
  assert.ok(!isHeard(high({ inactivation: "alert-acknowledged", cause: "acknowledged" }), high()));
  assert.ok(!isHeard(high({ inactivation: "audio-paused" }), null));
  assert.ok(!isHeard(high({ state: "inactive", inactivation: "alarm-off" }), null));
  assert.ok(!isHeard(medium({ cause: "eased" }), high()));
  assert.ok(!isHeard(high({ cause: "placement" }), high()));
  assert.ok(!isHeard(high({ phase: "end", state: "off" }), high()));
});

test("a burst ends once all is answered, but not because an alarm is over or while the page is out of date", () => {
  let silenced = 0;
  const sounding = new Sounding(() => {}, () => (silenced += 1));
  const answered = high({ inactivation: "alert-acknowledged", cause: "acknowledged" });
  sounding.hear(answered, high(), [answered, medium()]);
  sounding.hear(high({ phase: "end", state: "off" }), high(), []);
  sounding.stale(true, 0);
  sounding.hear(answered, high(), [answered]);
  assert.equal(silenced, 0);
  sounding.stale(false, 0);
  sounding.hear(answered, high(), [answered]);
  assert.equal(silenced, 1);
});

test("of a snapshot the most urgent of what is new is heard, once", () => {
  const { heard, sounding } = listening();
  sounding.hearAll([medium(), high(), medium({ alarm: "m2" })], []);
  sounding.hearAll([], []);
  assert.deepEqual(heard, ["high"]);
});

test("what has risen by the time of a snapshot is heard, and what has been answered is not", () => {
  const { heard, sounding } = listening();
  sounding.hearAll([], [[medium({ inactivation: "alert-acknowledged", cause: "acknowledged" }), medium()]]);
  assert.deepEqual(heard, []);
  sounding.hearAll([], [[medium({ priority: "high" }), medium()], [high({ cause: "placement" }), high()]]);
  assert.deepEqual(heard, ["high"]);
});

test("an audio pause ends after two minutes, and what still waits is heard", () => {
  const { heard, sounding } = listening([medium()]);
  sounding.pause([medium()], 1000);
  assert.equal(sounding.pauseLeftMs(1000), LONGEST_PAUSE_MS);
  assert.equal(LONGEST_PAUSE_MS, 120_000);
  sounding.hear(medium({ alarm: "m2" }), null);
  sounding.tick([medium()], 120_999);
  assert.deepEqual(heard, ["medium"]);
  sounding.tick([medium()], 121_000);
  assert.deepEqual(heard, ["medium", "medium"]);
  assert.equal(sounding.pauseLeftMs(121_000), null);
});

test("only a new alarm of a higher priority breaks an audio pause", () => {
  const { heard, sounding } = listening([medium()]);
  sounding.pause([medium()], 0);
  sounding.hear(medium({ alarm: "m2" }), null);
  assert.notEqual(sounding.pauseLeftMs(1), null);
  sounding.hear(high(), null);
  assert.equal(sounding.pauseLeftMs(2), null);
  assert.deepEqual(heard, ["medium", "high"]);
});

test("a pause with nothing to pause is broken by any alarm, one during a high alarm by none", () => {
  const nothing = listening();
  nothing.sounding.pause([], 0);
  nothing.sounding.hear(alarmRecord({ priority: "low" }), null);
  assert.deepEqual(nothing.heard, ["low"]);
  const worst = listening([high()]);
  worst.sounding.pause([high()], 0);
  worst.sounding.hear(high({ alarm: "h2" }), null);
  assert.deepEqual(worst.heard, ["high"]);
});

test("a page that is out of date sounds as a high alarm, again each minute, until it is up to date", () => {
  const { heard, sounding } = listening();
  sounding.stale(true, 0);
  sounding.stale(true, 250);
  assert.deepEqual(heard, ["high"]);
  sounding.tick([], 59_999);
  sounding.tick([], 60_000);
  assert.deepEqual(heard, ["high", "high"]);
  sounding.stale(false, 61_000);
  sounding.tick([], 180_000);
  assert.equal(heard.length, 2);
});

test("switching sound off ends a pause, and nothing is heard any more", () => {
  const { heard, sounding } = listening();
  sounding.pause([], 0);
  sounding.switch(false, []);
  sounding.hear(high(), null);
  assert.equal(sounding.pauseLeftMs(1), null);
  assert.deepEqual(heard, []);
});
