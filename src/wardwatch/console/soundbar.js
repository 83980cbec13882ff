/** The sound's buttons in the bar: on or off, and the audio pause with its countdown. */

import { countdownOf } from "./ages.js";
import { setAttribute, setHidden, setText } from "./dom.js";
import { icon } from "./icons.js";
import { Sounding } from "./sounding.js";
import { Speaker } from "./speaker.js";

const TICK_MS = 250;

export class SoundBar {
  #parts;
  #store;
  #speaker = new Speaker();
  #sounding = new Sounding(
    (priority) => this.#play(priority),
    () => this.#speaker.silence(),
  );
  #isBlocked = false;
  #onBurst;

  /** `parts` are {sound, text, pause}; `onBurst(priority)` hears of each burst, for tests. */
  constructor(parts, store, onBurst = () => {}) {
    this.#parts = parts;
    this.#store = store;
    this.#onBurst = onBurst;
    parts.sound.prepend(icon("speakerOff"));
    parts.sound.addEventListener("click", () => this.toggle());
    parts.pause.addEventListener("click", () => this.togglePause());
    store.subscribe((change) => this.#hear(change));
    setInterval(() => this.#tick(), TICK_MS);
    this.#show();
  }

  async toggle() {
    if (this.#sounding.isOn && !this.#isBlocked) {
      this.#sounding.switch(false, []);
      this.#speaker.silence();
    } else {
      this.#isBlocked = !(await this.#speaker.open());
      this.#speaker.onChange(() => this.#lookAtSpeaker());
      this.#sounding.switch(true, this.#open());
    }
    this.#show();
  }

  togglePause() {
    if (this.#sounding.pauseLeftMs(performance.now()) !== null) this.#sounding.resume(this.#open());
    else {
      this.#sounding.pause(this.#open(), performance.now());
      if (this.#sounding.isOn) this.#speaker.silence();
    }
    this.#show();
  }

  stale(isStale) {
    this.#sounding.stale(isStale, performance.now());
  }

  /** Nobody is logged in any more. Where nobody has wished for it, that is heard once more. */
  off({ isUnexpected }) {
    this.#speaker.silence();
    if (isUnexpected && this.#sounding.isOn) this.#play("high");
    this.#sounding.switch(false, []);
    this.#sounding.stale(false, 0);
    this.#show();
  }

  #open() {
    return [...this.#store.alarms.values()];
  }

  #play(priority) {
    this.#onBurst(priority);
    this.#speaker.play(priority);
  }

  #hear(change) {
    if (change.type === "alarm") this.#sounding.hear(change.alarm, change.before, this.#open());
    else if (change.type === "reset") this.#sounding.hearAll(change.added, change.changed);
  }

  #lookAtSpeaker() {
    this.#isBlocked = this.#sounding.isOn && !this.#speaker.isOpen();
    this.#show();
  }

  #tick() {
    this.#sounding.tick(this.#open(), performance.now());
    this.#show();
  }

  #show() {
    const { sound, text, pause } = this.#parts;
    const left = this.#sounding.pauseLeftMs(performance.now());
    const state = !this.#sounding.isOn ? "off" : this.#isBlocked ? "blocked" : left !== null ? "paused" : "on";
    const words = { off: "Sound is off", blocked: "Sound is blocked", paused: "Sound is paused", on: "Sound is on" };
    setText(text, words[state]);
    setAttribute(sound, "aria-pressed", String(this.#sounding.isOn));
    if (sound.dataset.state !== state) {
      sound.dataset.state = state;
      sound.querySelector("svg").replaceWith(icon(state === "on" ? "speaker" : "speakerOff"));
    }
    setHidden(pause, !this.#sounding.isOn);
    setText(pause, left === null ? "Pause 2 min" : `Resume, ${countdownOf(left)} left`);
  }
}
