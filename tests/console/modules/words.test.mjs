import assert from "node:assert/strict";
import { test } from "node:test";

import { ageOf, countdownOf, isOld } from "../../../src/wardwatch/console/ages.js";
import { isNews, sentenceFor } from "../../../src/wardwatch/console/announcer.js";
import { titleOf } from "../../../src/wardwatch/console/counters.js";
import { faultsOf } from "../../../src/wardwatch/console/devicesigns.js";
import {
  inhibitionsOf,
  news2Known,
  news2Missing,
  news2Range,
  standingOf,
  tileInWords,
} from "../../../src/wardwatch/console/phrases.js";
import { wardsInWords, wardsToHear } from "../../../src/wardwatch/console/wards.js";
import { alarmRecord, statusRecord } from "./records.mjs";

const NOW = 1_795_288_040_000;

test("ages do not tick, and countdowns do", () => {
  assert.deepEqual([0, 59_999, 60_000, 3_599_999, 3_600_000, 172_800_000].map(ageOf), ["now", "now", "1 min", "59 min", "1 h", "2 d"]);
  assert.deepEqual([120_000, 119_001, 61_000, 1, 0, -5, 3_725_000].map(countdownOf), ["2:00", "2:00", "1:01", "0:01", "0:00", "0:00", "1:02:05"]);
});

test("a value is old when it can't stand for now any more", () => {
  assert.ok(!isOld("heart_rate", 300_000));
  assert.ok(isOld("heart_rate", 300_001));
  assert.ok(!isOld("body_temperature", 3_600_000));
  assert.ok(isOld("systolic_pressure", 3_600_001));
});

test("NEWS2 says what it may come to, and what is missing for it", () => {
  assert.equal(news2Range({ lowest: 5, highest: 8 }), "5–8");
  assert.equal(news2Range({ lowest: 3, highest: 3 }), "3");
  assert.equal(news2Missing({ missing: [] }), "");
  assert.equal(news2Missing({ missing: ["body_temperature"] }), "temp missing");
  assert.equal(news2Missing({ missing: ["respiratory_rate", "on_oxygen", "consciousness"] }), "RR, O2 and ACVPU missing");
  assert.equal(news2Missing({ missing: ["a", "b", "c", "d", "e", "f", "g"] }), "nothing measured");
});

test("an alarm says how it stands", () => {
  const at = NOW - 180_000;
  const standing = (said) => standingOf(alarmRecord({ onset_ms: at, ...said }), NOW);
  assert.equal(standing({}), "3 min");
  assert.equal(standing({ state: "latched", target: "charge nurse" }), "3 min · over, not seen → charge nurse");
  assert.equal(standing({ inactivation: "audio-paused", until_ms: NOW + 65_000 }), "3 min · silent 1:05");
  const by = { name: "Bo", role: "nurse" };
  assert.equal(standing({ inactivation: "alert-acknowledged", by, until_ms: NOW + 600_000 }), "acknowledged by Bo · 10:00");
  assert.equal(standing({ inactivation: "alert-acknowledged", by }), "acknowledged by Bo");
  assert.equal(standing({ state: "inactive", inactivation: "alarm-paused", until_ms: NOW + 5000 }), "paused 0:05");
  assert.equal(standing({ state: "inactive", inactivation: "alarm-off" }), "off");
});

test("what is paused or off is always told, with its end", () => {
  const status = statusRecord({
    inhibited: { "heart_rate.high": null, "*": NOW + 60_000 },
    audio_paused_until_ms: NOW + 30_000,
  });
  assert.deepEqual(inhibitionsOf(status, NOW), [
    { sign: "bellOff", text: "Heart rate high off" },
    { sign: "bellPaused", text: "All alarms paused 1:00" },
    { sign: "bellPaused", text: "Sound paused 0:30" },
  ]);
  assert.deepEqual(inhibitionsOf(null, NOW), []);
});

test("a device's fault is told once: in the words of its alarm, if it has one", () => {
  const device = { device: "d", seen_ms: NOW - 240_000, battery: 12, signal_quality: 0.3, worn: false };
  const status = statusRecord({ devices: [device] });
  const texts = (alarms) => faultsOf(status, alarms, NOW).map(({ text }) => text);
  assert.deepEqual(texts([]), ["Not heard for 4 min", "Not worn", "Battery 12 %", "Poor signal"]);
  const offBody = alarmRecord({ condition: "device.off_body", kind: "technical", text: "Not worn for 3 min" });
  assert.deepEqual(texts([offBody]).filter((text) => text.startsWith("Not worn")), ["Not worn for 3 min"]);
  const well = { device: "d", seen_ms: NOW, battery: 81, signal_quality: 0.9, worn: true };
  assert.deepEqual(faultsOf(statusRecord({ devices: [well] }), [], NOW), []);
  assert.deepEqual(faultsOf(statusRecord(), [], NOW), []); // nothing is known of any device
});

test("a whole tile can be heard", () => {
  const patient = { patient: "p-1", ward: "4B", bed: "12", status: statusRecord(), alarms: new Set() };
  const alarm = alarmRecord({ priority: "high", text: "HR 152 > 130", onset_ms: NOW });
  assert.equal(
    tileInWords(patient, [alarm], [{ sign: "bellOff", text: "NEWS2 off" }], NOW),
    "Bed 12, ward 4B, p-1. high alarm, HR 152 > 130, now. NEWS2 off. Heart rate 72. " +
      "NEWS2 1 to 6, O2 and ACVPU missing.",
  );
});

test("whoever hears a tile hears how old a value is, and that it is too old", () => {
  const aged = (vital, ageMs) => {
    const vitals = { [vital]: { value: 37, observed_at_ms: NOW - ageMs } };
    const patient = { patient: "p-1", ward: "4B", bed: "12", status: statusRecord({ vitals, news2: null }) };
    return tileInWords(patient, [], [], NOW);
  };
  assert.equal(aged("heart_rate", 59_000), "Bed 12, ward 4B, p-1. Heart rate 37.");
  assert.equal(aged("heart_rate", 120_000), "Bed 12, ward 4B, p-1. Heart rate 37, 2 min ago.");
  assert.equal(aged("heart_rate", 400_000), "Bed 12, ward 4B, p-1. Heart rate 37, too old, 6 min ago.");
  assert.equal(aged("body_temperature", 400_000), "Bed 12, ward 4B, p-1. Body temperature 37.0, 6 min ago.");
});

test("where there is little room, NEWS2 says on how many of its parameters it rests", () => {
  assert.equal(news2Known({ missing: ["on_oxygen", "consciousness"] }), "5 of 7");
  assert.equal(news2Known({ missing: [] }), "");
});

test("an alarm is said when it comes, rises, is passed on or is back, and not each time that it sounds", () => {
  const alarm = alarmRecord({ priority: "medium" });
  const acknowledged = alarmRecord({ priority: "medium", inactivation: "alert-acknowledged" });
  assert.ok(isNews(alarm, null));
  assert.ok(isNews(alarmRecord({ priority: "high" }), alarm));
  assert.ok(isNews(alarmRecord({ priority: "medium", escalation: 1 }), alarm));
  assert.ok(isNews(alarm, acknowledged));
  assert.ok(!isNews(acknowledged, alarm));
  assert.ok(!isNews(alarmRecord({ priority: "medium", cause: "repeat" }), alarm));
  assert.ok(!isNews(alarmRecord({ phase: "end", state: "off" }), alarm));
});

test("new alarms are said the most urgent first, and not all of a bad minute", () => {
  const low = alarmRecord({ priority: "low", text: "L", bed: "1" });
  const high = alarmRecord({ priority: "high", text: "H", bed: "2" });
  assert.equal(sentenceFor([low, high]), "High alarm, ward 4B bed 2: H. low alarm, ward 4B bed 1: L.");
  assert.match(sentenceFor([low, low, low, high, low]), /and 2 more\.$/);
  const stalled = alarmRecord({ priority: "high", kind: "technical", bed: "", text: "Monitoring stalled" });
  assert.equal(sentenceFor([stalled]), "High technical alarm: Monitoring stalled.");
});

test("the title tells the number and the highest priority, and that the page is out of date", () => {
  assert.equal(titleOf({ high: 1, medium: 2, low: 0 }, false), "(3) HIGH – wardwatch");
  assert.equal(titleOf({ high: 0, medium: 0, low: 1 }, false), "(1) LOW – wardwatch");
  assert.equal(titleOf({ high: 0, medium: 0, low: 0 }, false), "wardwatch");
  assert.equal(titleOf({ high: 0, medium: 1, low: 0 }, true), "NOT UP TO DATE – (1) MEDIUM – wardwatch");
});

test("a station hears of the wards that were chosen, as far as the login allows", () => {
  assert.deepEqual(wardsToHear(null, ["4B", "5A"]), ["*"]);
  assert.deepEqual(wardsToHear(["4B"], ["4B", "5A"]), ["4B"]);
  assert.deepEqual(wardsToHear(["4B"], ["*"]), ["4B"]);
  assert.deepEqual(wardsToHear(["4B"], ["6C"]), ["*"]);
  assert.deepEqual(
    [["*"], ["4B"], ["5A", "4B"], ["5A", "4B", "6C"]].map(wardsInWords),
    ["All wards", "Ward 4B", "Wards 4B and 5A", "Ward 4B and 2 more"],
  );
});
