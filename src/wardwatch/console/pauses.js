/** How long to wait before trying to connect again. No clock: chance is an argument. */

// docs/feed.md: short at first, so that 2,000 consoles that were dropped at once are back within 5 s, but spread
// by chance, so that they don't come all at once.
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;

/** The pause after so many failures in a row; `chance` is from 0 to 1. */
export function pauseMs(failures, chance) {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  return Math.round(longest * (failures === 0 ? chance : 0.3 + 0.7 * chance));
}
