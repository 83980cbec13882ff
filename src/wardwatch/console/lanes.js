/** A patient's alarms as bars on the charts' time axis, one below the other: also those of no single vital. */

import { markShape, xOfWindow } from "./chart.js";
import { svgElement } from "./dom.js";
import { clockOf, conditionInWords } from "./words.js";

const LANE = 18;
const MOST_LANES = 6; // our own choice; the history below has them all

export function lanesOf(spans, window, width) {
  const inWindow = spans.filter((span) => (span.to_ms ?? window.to_ms) >= window.from_ms);
  const shown = inWindow.slice(0, MOST_LANES);
  const attributes = { class: "lanes", role: "img", width, height: Math.max(1, shown.length) * LANE };
  const label = shown.length ? shown.map(inWords).join("; ") : "No alarms in these hours";
  const image = svgElement("svg", { ...attributes, "aria-label": label }, svgElement("title", {}, label));
  if (shown.length === 0) image.append(svgElement("text", { class: "lane-text", x: 40, y: 13 }, label));
  const x = xOfWindow(window, width);
  shown.forEach((span, lane) => image.append(...laneOf(span, lane, x, window, width)));
  return image;
}

const inWords = (span) =>
  `${conditionInWords(span.condition)}, ${span.priority} priority, from ${clockOf(span.from_ms)}` +
  (span.to_ms === null ? ", still open" : ` to ${clockOf(span.to_ms)}`);

function laneOf(span, lane, x, { from_ms, to_ms }, width) {
  const begin = x(Math.max(span.from_ms, from_ms));
  const end = x(Math.min(span.to_ms ?? to_ms, to_ms));
  const middle = lane * LANE + LANE / 2;
  const bar = { class: `lane priority-${span.priority}`, x: begin, y: middle - 3, width: Math.max(2, end - begin), height: 6 };
  // The words stand where there is room: before a bar that begins late, else after it.
  const isLate = begin > width / 2;
  const place = { class: "lane-text", x: isLate ? begin - 10 : end + 10, y: middle + 4 };
  const text = svgElement("text", { ...place, "text-anchor": isLate ? "end" : "start" }, conditionInWords(span.condition));
  return [svgElement("rect", bar), markShape(span.priority, begin, middle), text];
}
