/** The station's own dialog: who is logged in, how the page looks, renewing and ending the login. */

import { button } from "./buttons.js";
import { choice, openDialog } from "./dialogs.js";
import { element, setHidden, setText } from "./dom.js";
import { clockOf, roleInWords } from "./words.js";

export const THEMES = [
  ["auto", "As the computer is set"],
  ["dark", "Dark"],
  ["light", "Light"],
];
export const DENSITIES = [
  ["auto", "By the number of beds"],
  ["large", "Large"],
  ["compact", "Compact"],
];

/** Set the page's theme. */
export function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

export function nextTheme(theme) {
  const names = THEMES.map(([name]) => name);
  return names[(names.indexOf(theme) + 1) % names.length];
}

export function openStation({ link, preferences, onTheme, onDensity, onRenewed, onLogout, onHelp }) {
  const { welcome, skewMs } = link.state;
  const who = `${welcome.name}, ${roleInWords(welcome.role)}, until ${clockOf(welcome.expires_ms)}.`;
  let close = null;
  const thenClosed = (run) => () => {
    close();
    run();
  };
  const skew = Math.round(Math.abs(skewMs) / 1000);
  const clock =
    skew < 2
      ? "This computer’s clock agrees with the feed’s."
      : `This computer’s clock is ${skew} s ${skewMs > 0 ? "behind" : "ahead of"} the feed’s, by which this page goes.`;
  close = openDialog(
    "This station",
    element("p", {}, who),
    element("p", { class: "help" }, clock),
    renewalForm(link, onRenewed),
    choice("Colours", "theme", THEMES, preferences.get("theme"), onTheme),
    choice("Size of the beds", "density", DENSITIES, preferences.get("density"), onDensity),
    element(
      "div",
      { class: "dialog-foot" },
      button("Help and keys", thenClosed(onHelp), { class: "quiet" }),
      button("Log out", thenClosed(onLogout), { class: "quiet" }),
    ),
  );
}

function renewalForm(link, onRenewed) {
  const field = element("input", {
    id: "renewal-token",
    type: "password",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
  });
  const answer = element("p", { class: "help", role: "status", hidden: "" });
  const form = element(
    "form",
    { class: "renewal-form" },
    element("label", { for: "renewal-token" }, "Go on with a new token"),
    element("div", { class: "field-row" }, field, element("button", { class: "quiet", type: "submit" }, "Renew")),
    answer,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const token = field.value.trim();
    field.value = "";
    if (token !== "") setText(answer, await renewed(link, token, onRenewed));
    setHidden(answer, token === "");
  });
  return form;
}

async function renewed(link, token, onRenewed) {
  try {
    const { name, expires_ms: expiresMs } = await link.login(token);
    onRenewed(token);
    return `Logged in as ${name} until ${clockOf(expiresMs)}.`;
  } catch (error) {
    return error.message;
  }
}
