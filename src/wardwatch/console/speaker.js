/** Plays bursts by WebAudio. A more urgent burst breaks one that is playing; others wait for their turn. */

import { burstLength_s, pulsesOf } from "./bursts.js";
import { PRIORITIES, rankOf } from "./signals.js";

const LOUDNESS = 0.5;
const EDGE_S = 0.012; // without it each pulse would begin and end with a click
const PAUSE_BETWEEN_MS = 700;
// A pulse with overtones is found by ear more easily than a pure one, and heard by old ears as well.
const OVERTONES = [1, 0.5, 0.3, 0.2];

export class Speaker {
  #context = null;
  #gain = null;
  #playing = null; // {priority, gain, timer}
  #waiting = new Set();

  /** Ask the browser for sound; only after a click or a key, or it refuses. Whether there is sound. */
  async open() {
    this.#context ??= new AudioContext({ latencyHint: "interactive" });
    if (this.#context.state !== "running") await this.#context.resume();
    return this.isOpen();
  }

  isOpen() {
    return this.#context?.state === "running";
  }

  /** Tell `listener` when the browser takes the sound away, or gives it back. */
  onChange(listener) {
    if (this.#context !== null) this.#context.onstatechange = listener;
  }

  play(priority) {
    if (!this.isOpen()) return;
    if (this.#playing !== null && rankOf(priority) <= rankOf(this.#playing.priority)) {
      this.#waiting.add(priority);
      return;
    }
    if (this.#playing !== null) this.#stop();
    this.#start(priority);
  }

  silence() {
    this.#waiting.clear();
    if (this.#playing !== null) this.#stop();
  }

  #start(priority) {
    const gain = this.#context.createGain();
    gain.gain.value = LOUDNESS;
    gain.connect(this.#context.destination);
    for (const pulse of pulsesOf(priority)) this.#pulse(pulse, gain);
    const timer = setTimeout(() => this.#next(), burstLength_s(priority) * 1000 + PAUSE_BETWEEN_MS);
    this.#playing = { priority, gain, timer };
  }

  #pulse({ at_s: at, length_s: length, tone_hz: tone }, gain) {
    const start = this.#context.currentTime + 0.02 + at;
    const oscillator = this.#context.createOscillator();
    const zeros = OVERTONES.map(() => 0);
    oscillator.setPeriodicWave(this.#context.createPeriodicWave([0, ...zeros], [0, ...OVERTONES]));
    oscillator.frequency.value = tone;
    const envelope = this.#context.createGain();
    envelope.gain.setValueAtTime(0, start);
    envelope.gain.linearRampToValueAtTime(1, start + EDGE_S);
    envelope.gain.setValueAtTime(1, start + length - EDGE_S);
    envelope.gain.linearRampToValueAtTime(0, start + length);
    oscillator.connect(envelope).connect(gain);
    oscillator.start(start);
    oscillator.stop(start + length);
  }

  #stop() {
    clearTimeout(this.#playing.timer);
    this.#playing.gain.disconnect();
    this.#playing = null;
  }

  #next() {
    this.#playing = null;
    const next = PRIORITIES.find((priority) => this.#waiting.has(priority));
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#start(next);
  }
}
