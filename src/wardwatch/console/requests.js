/** Requests and commands that wait for their answers. No DOM; `send` says whether a message could be sent. */

// Our own choice: long enough for a worker that takes over for another one, short enough for a person.
const RECEIPT_WITHIN_MS = 15_000;
const ANSWER_WITHIN_MS = 10_000;

/** Why a request has no answer: a code, the feed's or our own, and a sentence. */
export class LinkError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "LinkError";
    this.code = code;
  }
}

const disconnected = () => new LinkError("disconnected", "There is no connection to the feed.");

/** A name that nobody has used before: 128 random bits. */
export function newName(prefix) {
  // crypto.randomUUID is not there on a page without TLS, as on a station's own network.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Requests {
  #send;
  #timers;
  #waiting = new Map(); // request -> {message, resolve, reject, timer, isOrder}
  #count = 0;

  constructor(send, timers) {
    this.#send = send;
    this.#timers = timers;
  }

  /** Ask the feed; what it answers, or a LinkError. */
  ask(message) {
    this.#count += 1;
    const asked = { ...message, request: `r${this.#count}` };
    return this.#wait(asked, false, ANSWER_WITHIN_MS, new LinkError("no_answer", "The feed has not answered."));
  }

  /** Give a command; its receipt, or a LinkError. It outlives a connection that drops. */
  order(order) {
    const command = order.command ?? newName("c-"); // one that was given before is done once, all the same
    const asked = { ...order, type: "command", command, request: command };
    const error = new LinkError("no_receipt", "No answer yet: it may have been done, or not.");
    return this.#wait(asked, true, RECEIPT_WITHIN_MS, error);
  }

  hear(message) {
    if (message.type === "receipt") this.#settle(message.receipt.command, "resolve", message.receipt);
    else if (message.type === "error") {
      this.#settle(message.request, "reject", new LinkError(message.code, message.message));
    } else if (!this.#waiting.get(message.request)?.isOrder) this.#settle(message.request, "resolve", message);
  }

  /** The connection is gone: questions with it, but commands are asked again by the same name. */
  disconnected() {
    for (const [name, waiting] of [...this.#waiting]) {
      if (!waiting.isOrder) this.#settle(name, "reject", disconnected());
    }
  }

  reconnected() {
    for (const { message, isOrder } of this.#waiting.values()) if (isOrder) this.#send(message);
  }

  abandon(error) {
    for (const name of [...this.#waiting.keys()]) this.#settle(name, "reject", error);
  }

  #wait(message, isOrder, withinMs, late) {
    return new Promise((resolve, reject) => {
      const timer = this.#timers.set(() => this.#settle(message.request, "reject", late), withinMs);
      this.#waiting.set(message.request, { message, resolve, reject, timer, isOrder });
      if (!this.#send(message) && !isOrder) this.#settle(message.request, "reject", disconnected());
    });
  }

  #settle(name, how, what) {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    this.#waiting.delete(name);
    this.#timers.clear(waiting.timer);
    waiting[how](what);
  }
}
