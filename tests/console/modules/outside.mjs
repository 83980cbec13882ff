/** A clock, sockets and chance that do what a test says, in place of the browser's. */

export class Outside {
  constructor() {
    this.nowMs = 0;
    this.sockets = [];
    this.chance = 0.5;
    this.waiting = [];
  }

  /** As Link takes it. */
  get given() {
    return {
      open: (url) => this.#open(url),
      monotonicMs: () => this.nowMs,
      wallMs: () => this.nowMs + 1_795_288_000_000,
      random: () => this.chance,
      timers: {
        set: (run, ms) => {
          const timer = { run, atMs: this.nowMs + ms };
          this.waiting.push(timer);
          return timer;
        },
        clear: (timer) => {
          this.waiting = this.waiting.filter((each) => each !== timer);
        },
      },
    };
  }

  get socket() {
    return this.sockets.at(-1);
  }

  /** Time passes, and what falls due is done in its order. */
  pass(ms) {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const due = this.waiting.filter((timer) => timer.atMs <= untilMs).sort((one, other) => one.atMs - other.atMs)[0];
      if (due === undefined) break;
      this.waiting = this.waiting.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
    }
    this.nowMs = untilMs;
  }

  #open(url) {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  }
}

class FakeSocket {
  constructor(url) {
    this.url = url;
    this.readyState = 1;
    this.sent = [];
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  /** The feed says something. */
  says(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The connection ends. */
  ends(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** What was sent of a type, the latest. */
  asked(type) {
    return this.sent.filter((message) => message.type === type).at(-1);
  }
}
