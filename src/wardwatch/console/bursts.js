/** The sounds of the priorities: when which tone begins, in seconds. No DOM, no clock, no sound. */

// STANDARDS: bursts of 10, 3 and 1 pulses. How they are grouped, how long they last and how high they are is our
// own choice: faster and higher for what is more urgent, and told apart by rhythm alone.
const PULSES = {
  high: { gaps_s: [0.15, 0.15, 0.35, 0.15, 0.8, 0.15, 0.15, 0.35, 0.15], pulse_s: 0.13, tones_hz: [660, 880] },
  medium: { gaps_s: [0.22, 0.22], pulse_s: 0.2, tones_hz: [523, 659] },
  low: { gaps_s: [], pulse_s: 0.24, tones_hz: [440] },
};

/** [{at_s, length_s, tone_hz}] of a burst, from its beginning. */
export function pulsesOf(priority) {
  const { gaps_s: gaps, pulse_s: length, tones_hz: tones } = PULSES[priority];
  let at = 0;
  return [0, ...gaps].map((gap, index) => {
    at += index === 0 ? 0 : length + gap;
    return { at_s: at, length_s: length, tone_hz: tones[index % tones.length] };
  });
}

/** How long a burst lasts. */
export function burstLength_s(priority) {
  const last = pulsesOf(priority).at(-1);
  return last.at_s + last.length_s;
}
