/** Things to be done later, each under a name: asking for one anew puts it off. */

export class Later {
  #timers;
  #pending = new Map();

  constructor(timers) {
    this.#timers = timers;
  }

  call(name, ms, run) {
    this.cancel(name);
    const timer = this.#timers.set(() => {
      this.#pending.delete(name);
      run();
    }, ms);
    this.#pending.set(name, timer);
  }

  cancel(name) {
    if (!this.#pending.has(name)) return;
    this.#timers.clear(this.#pending.get(name));
    this.#pending.delete(name);
  }

  cancelAll() {
    for (const name of [...this.#pending.keys()]) this.cancel(name);
  }
}
