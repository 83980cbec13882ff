/** How old things are and how long they last, short enough for a tile. No DOM, no clock. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

// Maximum ages of core/vitals.py: for so long may a value stand for how the patient is now.
const SLOW_MS = HOUR_MS;
const CONTINUOUS_MS = 5 * MINUTE_MS;
const CONTINUOUS = new Set(["heart_rate", "oxygen_saturation", "respiratory_rate"]);

/** Whether a value is too old to stand for how the patient is now. */
export const isOld = (vital, ageMs) => ageMs > (CONTINUOUS.has(vital) ? CONTINUOUS_MS : SLOW_MS);

/** "now" below a minute, so that a page of tiles does not tick; then "3 min", "2 h", "4 d". */
export function ageOf(ageMs) {
  if (ageMs < MINUTE_MS) return "now";
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min`;
  if (ageMs < 2 * DAY_MS) return `${Math.floor(ageMs / HOUR_MS)} h`;
  return `${Math.floor(ageMs / DAY_MS)} d`;
}

/** What is left of a pause, as "1:05" or "1:02:05"; rounded up, so that 0:00 is the end. */
export function countdownOf(leftMs) {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const two = (number) => String(number).padStart(2, "0");
  const tail = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}
