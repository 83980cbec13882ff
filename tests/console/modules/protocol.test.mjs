import assert from "node:assert/strict";
import { test } from "node:test";

import { Link } from "../../../src/wardwatch/console/protocol.js";
import { event, heartbeat, snapshot } from "./records.mjs";
import { Outside } from "./outside.mjs";

const WELCOME = { type: "welcome", name: "Anna", role: "nurse", wards: ["4B"], may: ["read"], expires_ms: 9e15 };

function begun() {
  const outside = new Outside();
  const link = new Link("ws://feed/", outside.given);
  const entering = link.login("secret", "station-1");
  entering.catch(() => {});
  link.subscribe(["4B"]);
  return { outside, link, entering };
}

/** The feed lets the console in, up to the answer to its subscription. */
function admit(outside, recovered = false) {
  outside.socket.says({ type: "hello", protocol: "wardwatch.v1" });
  outside.socket.says({ ...WELCOME, request: "login" });
  outside.socket.says({ type: "subscribed", wards: ["4B"], recovered });
}

function joined() {
  const { outside, link, entering } = begun();
  admit(outside);
  outside.socket.says(snapshot());
  outside.socket.says(heartbeat());
  return { outside, link, entering };
}

test("the token goes into the first message, and never into the address", async () => {
  const { outside, entering } = begun();
  assert.equal(outside.socket.url, "ws://feed/");
  assert.deepEqual(outside.socket.sent, []);
  admit(outside);
  const { token, console: station } = outside.socket.asked("login");
  assert.deepEqual([token, station], ["secret", "station-1"]);
  assert.equal((await entering).name, "Anna");
});

test("a refused token ends the login and is forgotten", async () => {
  const { outside, link, entering } = begun();
  outside.socket.says({ type: "hello" });
  outside.socket.says({ type: "error", code: "bad_token", message: "No.", request: "login" });
  await assert.rejects(entering, { code: "bad_token", message: "No." });
  outside.pass(60_000);
  assert.equal(link.state.phase, "out");
  assert.equal(outside.sockets.length, 1);
});

test("live is only what was vouched for after all that was missed has come", () => {
  const { outside, link } = begun();
  admit(outside);
  outside.socket.says(heartbeat());
  assert.equal(link.state.live, false);
  assert.equal(link.state.reason, "joining");
  outside.socket.says(snapshot());
  outside.socket.says(heartbeat());
  assert.equal(link.state.live, true);
});

test("three seconds without a live heartbeat are out of date", () => {
  const { outside, link } = joined();
  outside.pass(3000);
  assert.equal(link.state.live, true);
  outside.pass(1);
  assert.equal(link.state.live, false);
  assert.equal(link.state.reason, "silent");
});

test("heartbeats of a feed that can't vouch give its reason, and the connection stays", () => {
  const { outside, link } = joined();
  for (let second = 0; second < 10; second += 1) {
    outside.pass(1000);
    outside.socket.says(heartbeat({ live: false, reason: "kafka_unreachable" }));
  }
  assert.equal(link.state.live, false);
  assert.equal(link.state.reason, "kafka_unreachable");
  assert.equal(outside.sockets.length, 1);
});

test("a silent connection is given up, and the next one resumes where this one was", () => {
  const { outside, link } = joined();
  outside.socket.says(event({}, "c:7"));
  outside.pass(6000);
  assert.equal(outside.sockets.length, 2);
  admit(outside, true);
  assert.equal(outside.socket.asked("subscribe").position, "c:7");
  assert.equal(link.state.live, false);
  outside.socket.says(heartbeat({ position: "c:8" }));
  assert.equal(link.state.live, true);
});

test("a position counts only once all before it has been told", () => {
  const { outside, link } = joined();
  link.subscribe(["5A"]);
  outside.socket.says(heartbeat({ position: "c:9" })); // of the wards before
  outside.socket.ends();
  outside.pass(1000);
  admit(outside);
  assert.equal(outside.socket.asked("subscribe").position, null);
});

test("events without a position don't move it", () => {
  const { outside } = joined();
  outside.socket.says(event({}, "c:7"));
  outside.socket.says(event({ alarm: "m-1", patient: "-" }, null));
  outside.socket.ends();
  outside.pass(1000);
  admit(outside, true);
  assert.equal(outside.socket.asked("subscribe").position, "c:7");
});

test("pauses grow while the feed is away, up to a bound, and are short again afterwards", () => {
  const { outside } = joined();
  outside.chance = 1;
  const pauses = [];
  for (let failure = 0; failure < 8; failure += 1) {
    outside.socket.ends();
    const [before, tries] = [outside.nowMs, outside.sockets.length];
    while (outside.sockets.length === tries) outside.pass(100);
    pauses.push(outside.nowMs - before);
  }
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 5000, 5000, 5000, 5000]);
  admit(outside, true);
  outside.socket.says(heartbeat());
  outside.socket.ends();
  outside.pass(500);
  assert.equal(outside.sockets.length, 10);
});

test("a feed that does not say hello is tried again", () => {
  const { outside } = begun();
  outside.pass(7000);
  assert.equal(outside.sockets.length, 2);
});

test("an ended or withdrawn login is not tried again", () => {
  for (const [code, reason] of [[4001, "bad_token"], [4002, "expired"], [4003, "revoked"]]) {
    const { outside, link } = joined();
    let told = null;
    link.on("out", (error) => (told = error.code));
    outside.socket.ends(code);
    outside.pass(60_000);
    assert.equal(told, reason);
    assert.equal(outside.sockets.length, 1);
    assert.equal(link.state.welcome, null);
  }
});

test("a slow console resumes where it was", () => {
  const { outside } = joined();
  outside.socket.ends(4008);
  outside.pass(1000);
  admit(outside, true);
  assert.equal(outside.socket.asked("subscribe").position, "c:1");
});

test("a socket that was given up is heard no more", () => {
  const { outside, link } = joined();
  const old = outside.socket;
  outside.pass(6000);
  let heard = 0;
  link.on("event", () => (heard += 1));
  old.says(event());
  old.ends();
  assert.equal(heard, 0);
  assert.equal(outside.sockets.length, 2);
});

test("the feed's time counts, whatever this computer's clock says", () => {
  const { outside, link } = joined();
  outside.socket.says(heartbeat({ now_ms: outside.given.wallMs() + 90_000 }));
  assert.equal(link.state.skewMs, 90_000);
  assert.equal(link.nowMs(), outside.given.wallMs() + 90_000);
});

test("an answer belongs to its request, and so does an error", async () => {
  const { outside, link } = joined();
  const [name, history] = [link.request({ type: "name", patient: "p-1" }), link.request({ type: "history" })];
  const refused = assert.rejects(history, { code: "unknown_patient" });
  outside.socket.says({ type: "error", code: "unknown_patient", message: "?", request: outside.socket.asked("history").request });
  outside.socket.says({ type: "name", name: "A", request: outside.socket.asked("name").request });
  await refused;
  assert.equal((await name).name, "A");
});

test("a question ends with its connection", async () => {
  const { outside, link } = joined();
  const asked = assert.rejects(link.request({ type: "name", patient: "p-1" }), { code: "disconnected" });
  outside.socket.ends();
  await asked;
  await assert.rejects(link.request({ type: "name", patient: "p-1" }), { code: "disconnected" });
});

test("a command is given again after a reconnect, by the same name", async () => {
  const { outside, link } = joined();
  const given = link.command({ patient: "p-1", verb: "acknowledge", alarm: "a-1" });
  const first = outside.socket.asked("command");
  outside.socket.ends();
  outside.pass(1000);
  admit(outside, true);
  const second = outside.socket.asked("command");
  assert.deepEqual(second, first);
  outside.socket.says({ type: "receipt", receipt: { command: first.command, verdict: "done" } });
  assert.equal((await given).verdict, "done");
});

test("a command without a receipt says that nobody knows", async () => {
  const { outside, link } = joined();
  const given = assert.rejects(link.command({ patient: "p-1", verb: "note" }), { code: "no_receipt" });
  for (let second = 0; second < 16; second += 1) {
    outside.pass(1000);
    outside.socket.says(heartbeat());
  }
  await given;
});

test("a login is renewed on the open connection", async () => {
  const { outside, link } = joined();
  const renewed = link.login("newer");
  const { token, request } = outside.socket.asked("login");
  assert.equal(token, "newer");
  outside.socket.says({ ...WELCOME, name: "Anna B", request });
  assert.equal((await renewed).name, "Anna B");
  assert.equal(outside.sockets.length, 1);
});

test("another person's token begins a connection of its own, without what was before", async () => {
  const { outside, link } = joined();
  const renewed = link.login("bo's");
  outside.socket.ends(4001);
  await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(outside.sockets.length, 2);
  admit(outside);
  assert.equal(outside.socket.asked("login").token, "bo's");
  assert.equal(outside.socket.asked("subscribe").position, null);
  await renewed;
});

test("refused wards are told, so that others can be asked for", () => {
  const { outside, link } = begun();
  admit(outside);
  let refused = null;
  link.on("wards", (code) => (refused = code));
  outside.socket.says({ type: "error", code: "forbidden_ward", message: "?", request: "subscribe" });
  assert.equal(refused, "forbidden_ward");
  assert.equal(link.state.phase, "joining");
});

test("what no feed sends changes nothing", () => {
  const { outside, link } = joined();
  outside.socket.onmessage({ data: "{" });
  outside.socket.says({ type: "something_new", field: 1 });
  assert.equal(link.state.live, true);
});
