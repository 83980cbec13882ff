/**
 * Where the token is while somebody is logged in: in memory only, but for the moment of a page reload.
 *
 * A page that asks for a token again after each reload is a screen that shows no alarm until somebody notices. A
 * token that lies in the browser's storage can be found there, or opened again with a closed tab. So it is put
 * into the tab's own storage only as the page goes, taken out as it comes, and worth nothing after a minute.
 */

const KEY = "wardwatch.reload";
// Our own choice: the longest that a reload should take.
const RELOAD_WITHIN_MS = 60_000;

/** Leave the login for this page's next load. */
export function leaveForReload(storage, login, nowMs) {
  try {
    storage.setItem(KEY, JSON.stringify({ ...login, left_ms: nowMs }));
  } catch {
    // Without storage the next load asks for the token.
  }
}

/** Take what the load before has left, if it was just now; it is gone afterwards in any case. */
export function takeAfterReload(storage, nowMs) {
  try {
    const left = storage.getItem(KEY);
    storage.removeItem(KEY);
    const { token, console, left_ms: leftMs } = JSON.parse(left ?? "{}");
    const isFresh = leftMs <= nowMs && nowMs - leftMs < RELOAD_WITHIN_MS;
    return typeof token === "string" && isFresh ? { token, console } : null;
  } catch {
    return null;
  }
}
