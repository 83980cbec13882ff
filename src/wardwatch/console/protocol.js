/**
 * The console's end of wardwatch.v1 (docs/feed.md): one Link keeps one websocket to the feed, for as long as
 * somebody is logged in. No DOM: sockets, clocks and chance are given, so that it runs under Node as well.
 *
 * Contract, for every other module of the page:
 *
 *   link.login(token, console)   -> Promise of the welcome; rejects with LinkError when the token is refused.
 *                                   While the feed can't be reached it stays pending, and link.state says why.
 *                                   On an open connection it renews the login.
 *   link.logout()
 *   link.subscribe(wards)        the wards to hear of, from now on and after every reconnect
 *   link.request(message)        -> Promise of the feed's first answer, for {type: "history" | "name" | ..., ...};
 *                                   rejects with LinkError {code, message}; code is the feed's, or "disconnected"
 *   link.command(order)          -> Promise of the receipt (record of vitals.receipts), for {patient, verb, ...}.
 *                                   After a reconnect it asks again by the same name, so that it is done once.
 *                                   Rejects with "no_receipt" after 15 s, when it may have been done or not
 *   link.send(message)           -> whether it could be sent; for messages that have no answer
 *   link.may(action)             whether the login may do so (names of core/permissions.py)
 *   link.nowMs()                 the feed's time, ms since 1970: for every age and countdown
 *   link.on(type, listener)      -> function that ends it. type is that of a message of the feed (listener gets the
 *                                   message), "state" (gets link.state), "out" (the login is over; gets a LinkError),
 *                                   or "wards" (the wards that were asked for are refused; gets the code)
 *   link.state                   {phase, live, reason, staleForMs, nextTryInMs, skewMs, welcome}
 *                                phase   "out" | "connecting" | "waiting" | "joining" | "joined"
 *                                live    the feed has vouched in the last 3 s that all it knows has been told
 *                                reason  why not, as code: of the heartbeat, or "unreachable", "silent", "joining"
 */

import { LOGIN_IS_OVER } from "./endings.js";
import { Later } from "./later.js";
import { Listeners } from "./listeners.js";
import { BROWSER } from "./outside.js";
import { pauseMs } from "./pauses.js";
import { LinkError, Requests } from "./requests.js";
import { Watchdog } from "./watchdog.js";

export { LinkError };
// A feed says hello at once, and something every second; these are our own choice. A cut cable shows only so.
const HELLO_WITHIN_MS = 5000;
const SILENCE_LIMIT_MS = 5000;
const LOOK_EVERY_MS = 250;
const ALL_WARDS = "*";

export class Link {
  #outside;
  #url;
  #listeners = new Listeners();
  #watchdog = new Watchdog();
  #requests;
  #later;
  #socket = null;
  #token = null;
  #console = null;
  #entering = null; // {resolve, reject} of a login that has not been answered
  #renewing = null; // a new token that has not been answered
  #wards = null;
  #position = null;
  #phase = "out";
  #failures = 0;
  #openedAtMs = 0;
  #nextTryAtMs = 0;
  #skewMs = 0;
  #welcome = null;
  #caughtUp = false; // whether what was missed has come
  #toldState = "";

  constructor(url, outside = {}) {
    this.#outside = { ...BROWSER, ...outside };
    this.#url = url;
    this.#later = new Later(this.#outside.timers);
    this.#requests = new Requests((message) => this.send(message), this.#outside.timers);
  }

  get state() {
    const now = this.#outside.monotonicMs();
    const live = this.#phase === "joined" && !this.#watchdog.isStale(now);
    return {
      phase: this.#phase,
      live,
      reason: live ? null : this.#whyNotLive(now),
      staleForMs: this.#watchdog.ageMs(now),
      nextTryInMs: this.#phase === "waiting" ? Math.max(0, this.#nextTryAtMs - now) : null,
      skewMs: this.#skewMs,
      welcome: this.#welcome,
    };
  }

  on(type, listener) {
    return this.#listeners.on(type, listener);
  }

  nowMs() {
    return this.#outside.wallMs() + this.#skewMs;
  }

  may(action) {
    return this.#welcome?.may.includes(action) ?? false;
  }

  login(token, console) {
    if (this.#phase === "joined" || this.#phase === "joining") return this.#renew(token);
    this.#entering?.reject(new LinkError("superseded", "Another login was begun."));
    return this.#enterWith(token, console ?? null);
  }

  logout() {
    this.#leave(new LinkError("logged_out", "You have logged out."));
  }

  subscribe(wards) {
    this.#wards = wards;
    this.#position = null;
    if (this.#phase === "joining" || this.#phase === "joined") this.#subscribe();
  }

  send(message) {
    if (this.#socket === null || this.#socket.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  request(message) {
    return this.#requests.ask(message);
  }

  command(order) {
    return this.#requests.order(order);
  }

  /** The network may be back: don't wait any longer. */
  tryNow() {
    if (this.#phase === "waiting") this.#connect();
  }

  /** The feed ends the connection where the new token is another person's, or allows less: then enter anew. */
  async #renew(token) {
    this.#renewing = token;
    try {
      this.#welcome = await this.#requests.ask({ type: "login", token, console: this.#console });
      this.#token = token;
      return this.#welcome;
    } catch (error) {
      if (this.#renewing !== null || error.code !== "disconnected") throw error;
      return await this.#enterWith(token, this.#console);
    } finally {
      this.#renewing = null;
    }
  }

  #enterWith(token, console) {
    this.#token = token;
    this.#console = console;
    this.#failures = 0;
    return new Promise((resolve, reject) => {
      this.#entering = { resolve, reject };
      this.#connect();
    });
  }

  #connect() {
    this.#drop();
    this.#later.cancel("connect");
    this.#phase = "connecting";
    this.#openedAtMs = this.#outside.monotonicMs();
    const socket = this.#outside.open(this.#url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#socket === socket && this.#hear(data);
    socket.onclose = ({ code }) => this.#socket === socket && this.#closed(code);
    this.#later.call("look", LOOK_EVERY_MS, () => this.#look());
    this.#tellState();
  }

  /** Hear nothing more of the socket, if there is one. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#caughtUp = false;
    if (socket !== null) socket.onmessage = socket.onclose = null;
    if (socket !== null && socket.readyState < 2) socket.close();
    this.#requests.disconnected();
  }

  #closed(code) {
    if (code === 4001 && this.#renewing !== null) {
      this.#renewing = this.#position = null;
      this.#drop();
    } else if (LOGIN_IS_OVER.has(code)) this.#leave(LOGIN_IS_OVER.get(code));
    else this.#waitToTry();
  }

  #waitToTry() {
    this.#drop();
    const pause = pauseMs(this.#failures, this.#outside.random());
    this.#failures += 1;
    this.#phase = "waiting";
    this.#nextTryAtMs = this.#outside.monotonicMs() + pause;
    this.#later.call("connect", pause, () => this.#connect());
    this.#tellState();
  }

  /** The login is over: nothing of it is kept. */
  #leave(error) {
    this.#later.cancelAll();
    this.#drop();
    this.#requests.abandon(error);
    this.#phase = "out";
    this.#token = this.#welcome = this.#wards = this.#position = this.#renewing = null;
    this.#watchdog.forget();
    const entering = this.#entering;
    this.#entering = null;
    entering?.reject(error);
    this.#listeners.tell("out", error);
    this.#tellState();
  }

  #hear(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; // no feed sends this
    }
    this.#handle(message);
    this.#requests.hear(message);
    this.#listeners.tell(message.type, message);
    this.#listeners.tell("message", message);
    this.#tellState();
  }

  #handle(message) {
    const handlers = {
      hello: () => this.send({ type: "login", request: "login", token: this.#token, console: this.#console }),
      welcome: () => message.request === "login" && this.#enter(message),
      error: () => this.#takeError(message),
      subscribed: () => (this.#caughtUp = message.recovered),
      snapshot: () => (this.#caughtUp = true),
      heartbeat: () => this.#takeHeartbeat(message),
    };
    handlers[message.type]?.();
    // A position is ours only once all before it has been told here; it is empty where nothing has been told yet.
    if (this.#caughtUp && message.position) this.#position = message.position;
  }

  #takeError({ request, code, message }) {
    if (request === "subscribe" && this.#wards[0] !== ALL_WARDS) this.#listeners.tell("wards", code);
    else if (request === "subscribe" || request === "login") this.#leave(new LinkError(code, message));
  }

  #enter(welcome) {
    this.#phase = "joining";
    this.#watchdog.hear("joining", this.#outside.monotonicMs());
    this.#welcome = welcome;
    const entering = this.#entering;
    this.#entering = null;
    entering?.resolve(welcome);
    if (this.#wards !== null) this.#subscribe();
    this.#requests.reconnected();
  }

  #subscribe() {
    this.#caughtUp = false;
    this.send({ type: "subscribe", request: "subscribe", wards: this.#wards, position: this.#position, vitals: true });
  }

  #takeHeartbeat(heartbeat) {
    this.#skewMs = heartbeat.now_ms - this.#outside.wallMs();
    const reason = heartbeat.live ? null : heartbeat.reason;
    // What it vouches for has not been told here while what was missed is still to come.
    this.#watchdog.hear(this.#caughtUp ? reason : (reason ?? "joining"), this.#outside.monotonicMs());
    if (!this.#caughtUp) return;
    this.#phase = "joined";
    this.#failures = 0;
  }

  /** See by the clock what no message tells: silence. */
  #look() {
    const now = this.#outside.monotonicMs();
    const isMute = this.#phase === "connecting" && now - this.#openedAtMs > HELLO_WITHIN_MS;
    const isIn = this.#phase === "joining" || this.#phase === "joined";
    const isSilent = isIn && this.#watchdog.silenceMs(now) > SILENCE_LIMIT_MS;
    if (isMute || isSilent) this.#closed(1006);
    this.#later.call("look", LOOK_EVERY_MS, () => this.#look());
    this.#tellState();
  }

  #whyNotLive(now) {
    if (this.#phase === "out") return null;
    if (this.#phase === "waiting" || this.#phase === "connecting") return "unreachable";
    return this.#watchdog.reason ?? "silent";
  }

  /** Tell the state where anything but the clock has changed. */
  #tellState() {
    const state = this.state;
    const told = JSON.stringify([state.phase, state.live, state.reason, Math.round(state.skewMs / 1000)]);
    if (told === this.#toldState) return;
    this.#toldState = told;
    this.#listeners.tell("state", state);
  }
}
