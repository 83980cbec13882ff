/** The login: a token pasted into a field, which is emptied at once. */

import { setHidden, setText } from "./dom.js";

// docs/feed.md: the name of a station is a name as any other on the wire.
const STATION_NAME = /^[A-Za-z0-9._:+@/-]{0,64}$/;
const UNREACHABLE = "The feed can’t be reached; still trying.";

export class LoginPage {
  #parts;
  #onLogin;

  /** `onLogin(token, station)` is to settle when the feed has answered. */
  constructor(page, onLogin) {
    this.page = page;
    this.#onLogin = onLogin;
    const byId = (id) => page.querySelector(`#${id}`);
    this.#parts = {
      form: byId("login-form"),
      token: byId("token"),
      station: byId("console-name"),
      reason: byId("login-reason"),
      progress: byId("login-progress"),
    };
    this.#parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  show(station, error = null) {
    setHidden(this.page, false);
    this.#parts.station.value = station;
    this.#parts.token.value = "";
    setText(this.#parts.progress, "");
    this.#complain(error === null ? "" : error.message);
    this.#parts.token.focus();
  }

  hide() {
    setHidden(this.page, true);
  }

  /** While a login is under way: why it takes so long. */
  progress(state) {
    if (this.page.hidden) return;
    const text = { connecting: "Connecting …", waiting: UNREACHABLE }[state.phase] ?? "";
    setText(this.#parts.progress, text);
  }

  #submit() {
    const { token, station } = this.#parts;
    const pasted = token.value.trim();
    if (pasted === "") this.#complain("Paste your token first.", token);
    else if (!STATION_NAME.test(station.value.trim())) {
      this.#complain("A station’s name has letters, digits or ._:+@/- and no spaces.", station);
    } else {
      token.value = "";
      this.#complain("");
      this.#onLogin(pasted, station.value.trim());
    }
  }

  #complain(text, field = null) {
    const { reason, token, station } = this.#parts;
    setText(reason, text);
    setHidden(reason, text === "");
    for (const each of [token, station]) {
      if (each === field) each.setAttribute("aria-invalid", "true");
      else each.removeAttribute("aria-invalid");
    }
    field?.focus();
  }
}
