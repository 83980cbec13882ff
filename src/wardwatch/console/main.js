/** Puts the page together: the only module that knows all others. */

import { Announcer, isNews } from "./announcer.js";
import { Bar, byIds } from "./bar.js";
import { Board } from "./board.js";
import { Counters } from "./counters.js";
import { closeDetail, openDetail } from "./detail.js";
import { closeDialogs } from "./dialogs.js";
import { setHidden, setText } from "./dom.js";
import { keepFlashesInStep } from "./flashes.js";
import { openHelp } from "./help.js";
import { Keyboard, listenForLetters } from "./keyboard.js";
import { LoginPage } from "./login.js";
import { Names } from "./names.js";
import { Preferences } from "./preferences.js";
import { Link } from "./protocol.js";
import { ShownReporter } from "./shown.js";
import { NOBODY, Store } from "./store.js";
import { SoundBar } from "./soundbar.js";
import { StaleBanner } from "./staleness.js";
import { applyTheme, nextTheme, openStation } from "./station.js";
import { TechnicalStrip } from "./technical.js";
import { leaveForReload, takeAfterReload } from "./token.js";
import { TrendsAsker } from "./trends_asker.js";
import { EVERY_WARD, chooseWards, wardsToHear } from "./wards.js";
import { Wakefulness } from "./wakefulness.js";
import { isTechnical, presenceOf } from "./signals.js";

const LOOK_MS = 250;

class Console {
  constructor() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.preferences = new Preferences(localStorage);
    this.store = new Store();
    this.link = new Link(`${scheme}//${location.host}/feed`);
    this.login = null; // {token, console} while somebody is logged in
    this.seenWards = new Set();
    this.wakefulness = new Wakefulness();
    this.#makeParts();
    this.#makeBoard();
    this.#listen();
    this.#applyLook();
    keepFlashesInStep();
  }

  begin() {
    const left = takeAfterReload(sessionStorage, Date.now());
    this.loginPage.show(this.preferences.get("station"));
    if (left !== null) this.#logIn(left.token, left.console);
  }

  #makeParts() {
    const both = { link: this.link, store: this.store };
    const bar = { bar: "bar", wards: "wards-text", lamp: "lamp", lampText: "lamp-text", clock: "clock", who: "who" };
    this.bar = new Bar(byIds({ ...bar, notice: "notice", renewal: "renewal" }), this.link);
    this.banner = new StaleBanner(document.getElementById("stale"), this.link);
    this.sound = new SoundBar(byIds({ sound: "sound", text: "sound-text", pause: "pause" }), this.store);
    this.counters = new Counters(document.getElementById("counters"), this.store, (priority) => this.#goTo(priority));
    this.announcer = new Announcer(...["polite", "assertive"].map((id) => document.getElementById(id)));
    this.loginPage = new LoginPage(document.getElementById("login"), (...login) => this.#logIn(...login));
    const strip = byIds({ strip: "technical", monitoring: "monitoring" });
    this.technical = new TechnicalStrip(strip, both, (patient) => this.#open(patient));
  }

  #makeBoard() {
    const both = { link: this.link, store: this.store };
    this.main = document.getElementById("board");
    this.held = document.getElementById("held");
    this.names = new Names(this.link, (patient, name) => this.board.showName(patient, name));
    this.board = new Board(byIds({ main: "board", alarming: "alarming", quiet: "quiet", nobody: "nobody" }), both, {
      onOpen: (patient) => this.#open(patient),
      onName: (patient) => this.names.toggle(patient),
      onHold: (isHeld) => setHidden(this.held, !isHeld),
      onOrder: () => this.keyboard.refresh(),
      onSeen: () => this.#seen(),
    });
    this.keyboard = new Keyboard(this.main, this.board);
    this.trends = new TrendsAsker(both, () => this.board.visiblePatients());
    const visible = this.board.visiblePatients();
    this.shown = new ShownReporter(both, (alarm) => isTechnical(alarm) || visible.has(alarm.patient));
  }

  #seen() {
    this.trends?.look();
    this.shown?.look();
  }

  #listen() {
    this.link.on("message", (message) => this.store.take(message));
    this.link.on("state", () => this.#lookAtLink());
    this.link.on("out", (error) => this.#loggedOut(error));
    this.link.on("welcome", (welcome) => this.#welcome(welcome));
    this.link.on("wards", () => this.#hear([EVERY_WARD]));
    this.store.subscribe((change) => this.#note(change));
    setInterval(() => this.#lookAtLink(), LOOK_MS);
    addEventListener("online", () => this.link.tryNow());
    addEventListener("pagehide", () => this.login && leaveForReload(sessionStorage, this.login, Date.now()));
    this.held.addEventListener("click", () => this.board.orderNow());
    document.getElementById("wards").addEventListener("click", () => this.#chooseWards());
    document.getElementById("station").addEventListener("click", () => this.#openStation());
    listenForLetters(this.preferences, {
      a: () => this.#goTo(null),
      n: () => this.keyboard.patient && this.link.may("names") && this.names.toggle(this.keyboard.patient),
      s: () => this.login && this.sound.toggle(),
      p: () => this.login && this.sound.togglePause(),
      o: () => this.board.orderNow(),
      w: () => this.login && this.#chooseWards(),
      t: () => this.#setTheme(nextTheme(this.preferences.get("theme"))),
      "?": () => openHelp(this.preferences),
    });
  }

  #lookAtLink() {
    const { state } = this.link;
    const isStale = this.banner.update(state);
    const isIn = state.welcome !== null;
    this.bar.update(state);
    this.counters.stale(isStale && isIn);
    this.sound.stale(isStale && isIn);
    this.loginPage.progress(state);
  }

  async #logIn(token, station) {
    this.preferences.set("station", station ?? "");
    this.login = { token, console: station };
    try {
      const { wards } = await this.link.login(token, station || null);
      this.#entered(wards);
    } catch {
      // That the login was refused is told as "out".
    }
  }

  /** At each login, also when it is renewed or the connection is back: it may allow something else. */
  #welcome({ may, wards }) {
    document.body.classList.toggle("may-names", may.includes("names"));
    for (const ward of wards) if (ward !== EVERY_WARD) this.seenWards.add(ward);
  }

  #entered(wards) {
    this.loginPage.hide();
    setHidden(this.main, false);
    document.body.classList.remove("logged-out");
    this.#hear(wardsToHear(this.preferences.get("wards"), wards));
    this.wakefulness.want(true);
    this.#lookAtLink();
    this.main.focus();
  }

  #hear(wards) {
    this.wards = wards;
    this.link.subscribe(wards);
    this.bar.wards(wards);
    const nobody = wards.includes(EVERY_WARD) ? "Nobody lies in these wards." : "Nobody lies in the wards chosen.";
    setText(document.getElementById("nobody"), nobody);
  }

  #loggedOut(error) {
    const isUnexpected = error.code !== "logged_out";
    this.login = null;
    this.seenWards.clear();
    closeDetail();
    closeDialogs();
    this.names.maskAll();
    this.store.clear();
    this.announcer.clear();
    this.sound.off({ isUnexpected });
    this.wakefulness.want(false);
    setHidden(this.main, true);
    document.body.classList.add("logged-out");
    this.#lookAtLink();
    this.loginPage.show(this.preferences.get("station"), isUnexpected ? error : null);
  }

  #note(change) {
    if (change.type === "reset" || change.type === "patient") this.#noteWards(change);
    for (const [alarm, before] of recordsOf(change)) if (isNews(alarm, before)) this.announcer.alarm(alarm);
  }

  #noteWards(change) {
    const patients = change.type === "reset" ? this.store.patients.values() : [this.store.patients.get(change.patient)];
    for (const { ward } of patients) this.seenWards.add(ward);
  }

  #open(patient) {
    if (patient !== NOBODY) openDetail(patient, { store: this.store, link: this.link });
  }

  /** To the next bed with an alarm that waits, of that priority if one is given. */
  #goTo(priority) {
    const waits = (alarm) =>
      !isTechnical(alarm) && presenceOf(alarm) === "on" && (priority === null || alarm.priority === priority);
    const buttons = this.board.buttons().filter(({ dataset }) => this.store.alarmsOf(dataset.patient).some(waits));
    if (buttons.length === 0) return;
    const here = buttons.findIndex(({ dataset }) => dataset.patient === this.keyboard.patient);
    this.keyboard.goTo(buttons[(here + 1) % buttons.length]);
  }

  #chooseWards() {
    chooseWards({
      known: this.seenWards,
      chosen: this.wards,
      onChoose: (wards) => {
        this.preferences.set("wards", wards.includes(EVERY_WARD) ? null : wards);
        this.#hear(wards);
      },
    });
  }

  #openStation() {
    openStation({
      link: this.link,
      preferences: this.preferences,
      onTheme: (theme) => this.#setTheme(theme),
      onDensity: (density) => {
        this.preferences.set("density", density);
        this.#applyLook();
      },
      onRenewed: (token) => (this.login = { ...this.login, token }),
      onLogout: () => this.link.logout(),
      onHelp: () => openHelp(this.preferences),
    });
  }

  #setTheme(theme) {
    this.preferences.set("theme", theme);
    this.#applyLook();
  }

  #applyLook() {
    applyTheme(this.preferences.get("theme"));
    document.body.dataset.density = this.preferences.get("density");
  }
}

/** [record, the one before or null] of each alarm that a change of the store is about. */
function recordsOf({ type, added, changed, alarm, before }) {
  if (type === "reset") return [...added.map((each) => [each, null]), ...changed];
  return type === "alarm" ? [[alarm, before]] : [];
}

new Console().begin();
