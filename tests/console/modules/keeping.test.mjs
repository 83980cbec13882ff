import assert from "node:assert/strict";
import { test } from "node:test";

import { pauseMs } from "../../../src/wardwatch/console/pauses.js";
import { Preferences } from "../../../src/wardwatch/console/preferences.js";
import { pathOf } from "../../../src/wardwatch/console/sparkline.js";
import { leaveForReload, takeAfterReload } from "../../../src/wardwatch/console/token.js";
import { Trend } from "../../../src/wardwatch/console/trend.js";
import { Watchdog } from "../../../src/wardwatch/console/watchdog.js";

class FakeStorage {
  #kept = new Map();
  getItem = (key) => this.#kept.get(key) ?? null;
  setItem = (key, value) => this.#kept.set(key, value);
  removeItem = (key) => this.#kept.delete(key);
  get size() {
    return this.#kept.size;
  }
}

const REFUSING = {
  getItem() {
    throw new Error("no storage here");
  },
  setItem() {
    throw new Error("no storage here");
  },
};

test("a reload takes the login along, once", () => {
  const storage = new FakeStorage();
  leaveForReload(storage, { token: "t", console: "c" }, 1000);
  assert.deepEqual(takeAfterReload(storage, 3000), { token: "t", console: "c" });
  assert.equal(storage.size, 0);
  assert.equal(takeAfterReload(storage, 3000), null);
});

test("what a closed tab has left is worth nothing a minute later, and gone", () => {
  const storage = new FakeStorage();
  leaveForReload(storage, { token: "t", console: "c" }, 1000);
  assert.equal(takeAfterReload(storage, 61_000), null);
  assert.equal(storage.size, 0);
});

test("what can't be read is no login", () => {
  const storage = new FakeStorage();
  storage.setItem("wardwatch.reload", "{");
  assert.equal(takeAfterReload(storage, 0), null);
  storage.setItem("wardwatch.reload", '{"token": 5, "left_ms": 0}');
  assert.equal(takeAfterReload(storage, 0), null);
  assert.equal(takeAfterReload(REFUSING, 0), null);
  leaveForReload(REFUSING, { token: "t", console: "c" }, 0);
});

test("a station remembers how its page is set, where it can", () => {
  const storage = new FakeStorage();
  new Preferences(storage).set("theme", "light");
  assert.equal(new Preferences(storage).get("theme"), "light");
  const forgetful = new Preferences(REFUSING);
  forgetful.set("theme", "dark");
  assert.equal(forgetful.get("theme"), "dark");
});

test("pauses spread by chance, grow, and have a bound", () => {
  assert.equal(pauseMs(0, 0), 0);
  assert.equal(pauseMs(0, 1), 500);
  assert.equal(pauseMs(3, 1), 4000);
  assert.equal(pauseMs(3, 0), 1200);
  assert.equal(pauseMs(50, 1), 5000);
});

test("a page is out of date until somebody has vouched for it, and three seconds after", () => {
  const watchdog = new Watchdog();
  assert.ok(watchdog.isStale(0));
  watchdog.hear(null, 1000);
  assert.ok(!watchdog.isStale(4000));
  watchdog.hear("catching_up", 4000);
  assert.ok(watchdog.isStale(4001));
  assert.equal(watchdog.reason, "catching_up");
  assert.equal(watchdog.silenceMs(4500), 500);
  watchdog.forget();
  assert.ok(watchdog.isStale(4001));
});

test("a trend keeps the latest value of each of the last 240 minutes", () => {
  const trend = new Trend();
  for (let minute = 0; minute < 300; minute += 1) {
    for (const value of [minute, minute + 0.5]) {
      trend.takeStatus({ vitals: { heart_rate: { value, observed_at_ms: minute * 60_000 } } });
    }
  }
  const { at_ms: instants, vitals } = trend.asHistory();
  assert.equal(instants.length, 240);
  assert.equal(instants[0], 60 * 60_000);
  assert.equal(vitals.heart_rate.at(-1), 299.5);
  assert.deepEqual(trend.points("heart_rate", 298), [[298, 298.5], [299, 299.5]]);
});

test("history that comes late lies before what is known", () => {
  const trend = new Trend();
  trend.takeStatus({ vitals: { heart_rate: { value: 80, observed_at_ms: 10 * 60_000 } } });
  trend.takeHistory({ at_ms: [8 * 60_000, 9 * 60_000, 10 * 60_000], vitals: { heart_rate: [70, null, 71] } });
  assert.deepEqual(trend.points("heart_rate", 0), [[8, 70], [10, 80]]);
});

test("a line of a trend breaks where nothing is known, and does not make much of little", () => {
  assert.equal(pathOf("heart_rate", [], 60), "");
  const broken = pathOf("heart_rate", [[10, 70], [11, 70], [30, 70]], 60);
  assert.equal(broken.match(/M/g).length, 2);
  assert.equal(broken.match(/L/g).length, 1);
  // A blood pressure is taken now and then: for an hour it may stand for how the patient is.
  assert.equal(pathOf("systolic_pressure", [[10, 120], [40, 121]], 60).match(/M/g).length, 1);
  const heights = (points) => pathOf("heart_rate", points, 60).match(/[ML]\S+ ([\d.]+)/g).map((step) => Number(step.split(" ")[1]));
  const [small] = heights([[58, 70], [59, 71]]);
  const [large] = heights([[58, 70], [59, 150]]);
  assert.ok(Math.abs(small - 12) < 2);
  assert.equal(large, 22);
  assert.equal(pathOf("heart_rate", [[-10, 70]], 60), ""); // more than an hour ago
});
