/** The line of a vital's last hour in a cell of a tile. */

import { isOld } from "./ages.js";
import { setAttribute, svgElement } from "./dom.js";

const MINUTE_MS = 60_000;
const SHOWN_MINUTES = 60;
const [WIDTH, HEIGHT, INSET] = [100, 24, 2];
// A line is not drawn higher than the change is worth: so much fills the height at least. Our own choice, about
// what a vital does at rest.
const LEAST_SPAN = {
  heart_rate: 30,
  oxygen_saturation: 8,
  respiratory_rate: 10,
  body_temperature: 1.5,
  systolic_pressure: 40,
};
// Where a value is missing for longer than it may stand for (ages.js), the line breaks: nobody knows what was between.

export function newSparkline() {
  const line = svgElement("path", { class: "spark-line" });
  return svgElement(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    line,
  );
}

/** Draw the values of the hour before that minute. */
export function drawSparkline(spark, vital, points, endMinute) {
  setAttribute(spark.firstElementChild, "d", pathOf(vital, points, endMinute));
}

/** The path of [minute, value] pairs. A single value is a dot, which round line ends make of a line to itself. */
export function pathOf(vital, points, endMinute) {
  const shown = points.filter(([minute]) => minute > endMinute - SHOWN_MINUTES);
  if (shown.length === 0) return "";
  const values = shown.map(([, value]) => value);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(highest - lowest, LEAST_SPAN[vital] ?? 1);
  const bottom = (lowest + highest - span) / 2;
  const steps = shown.map(([minute, value], index) => {
    const x = WIDTH * (1 - (endMinute - minute) / SHOWN_MINUTES);
    const y = HEIGHT - INSET - ((value - bottom) / span) * (HEIGHT - 2 * INSET);
    const joins = index > 0 && !isOld(vital, (minute - shown[index - 1][0]) * MINUTE_MS);
    const place = `${x.toFixed(1)} ${y.toFixed(1)}`;
    return joins ? `L${place}` : `M${place}l0 0`;
  });
  return steps.join("");
}
