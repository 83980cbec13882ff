/**
 * One vital's last hours as an SVG image, made by DOM calls: the values, the patient's own usual band, the
 * limits, and when there were alarms. What it shows is told in words by `summaryOf`, and by the table of
 * charts.js.
 *
 * A series is {label, unit, digits, at_ms, values, usual, limits, marks, from_ms, to_ms}:
 *   values   one for each of at_ms, null where there was none
 *   usual    [low, high] of the patient's own band, or null
 *   limits   [low or null, high or null]
 *   marks    [{from_ms, to_ms or null, priority, text}] of alarms; without an end they are still open
 */

import { svgElement } from "./dom.js";
import { clockOf } from "./words.js";

const MARGIN = { left: 40, right: 44, top: 14, bottom: 18 };
// Further apart than this two values are not joined: nobody knows what was between them. A value a minute
// comes; one may be missed. Our own choice.
const LONGEST_JOIN_MS = 150_000;
const TICK_STEPS_MIN = [5, 10, 15, 30, 60, 120, 240];
const MOST_TICKS = 6;
// Room above and below all that is shown, as a share of it.
const HEADROOM = 0.06;
const TEXT_HEIGHT = 12;

/** The chart of a series, `width` by `height` pixels: {element, showAt(atMs or null)}. */
export function chartOf(series, width, height) {
  const scale = scaleOf(series, width, height);
  const cursor = cursorOf(series, scale);
  const element = svgElement(
    "svg",
    { class: "chart", role: "img", width, height, viewBox: `0 0 ${width} ${height}` },
    ...bandOf(series, scale),
    ...timeTicks(series, scale),
    ...marksOf(series, scale),
    ...limitsOf(series, scale),
    ...valueTicks(series, scale),
    ...lineOf(series, scale),
    cursor.element,
  );
  element.setAttribute("aria-label", summaryOf(series));
  return { element, scale, showAt: cursor.showAt };
}

/** What the chart shows, for those who do not see it. */
export function summaryOf({ label, unit, digits, at_ms, values, usual, limits, marks, from_ms, to_ms }) {
  const known = values.filter((value) => value !== null);
  const between = `${label} from ${clockOf(from_ms)} to ${clockOf(to_ms)}`;
  if (known.length === 0) return `${between}: no values.`;
  const text = (value) => value.toFixed(digits);
  const last = values.findLastIndex((value) => value !== null);
  const parts = [
    `${between}: lowest ${text(Math.min(...known))}, highest ${text(Math.max(...known))}, ` +
      `latest ${text(values[last])} ${unit} at ${clockOf(at_ms[last])}`,
  ];
  if (usual) parts.push(`usual ${text(usual[0])} to ${text(usual[1])}`);
  if (limits[0] !== null) parts.push(`lower limit ${text(limits[0])}`);
  if (limits[1] !== null) parts.push(`upper limit ${text(limits[1])}`);
  for (const mark of marks) parts.push(markInWords(mark));
  return `${parts.join("; ")}.`;
}

const markInWords = ({ from_ms, to_ms, priority, text }) =>
  `${priority} alarm from ${clockOf(from_ms)}${to_ms === null ? ", still open" : ` to ${clockOf(to_ms)}`}: ${text}`;

/** The place in `at_ms` that is nearest to an instant; -1 where there is none. */
export function nearest(at_ms, atMs) {
  let best = -1;
  for (let place = 0; place < at_ms.length; place += 1) {
    if (best < 0 || Math.abs(at_ms[place] - atMs) <= Math.abs(at_ms[best] - atMs)) best = place;
  }
  return best;
}

/** Runs of values that may be joined by a line, as arrays of [at_ms, value]. */
export function runsOf(at_ms, values) {
  const runs = [];
  let lastMs = -Infinity;
  values.forEach((value, place) => {
    if (value === null) return;
    if (at_ms[place] - lastMs > LONGEST_JOIN_MS) runs.push([]);
    runs.at(-1).push([at_ms[place], value]);
    lastMs = at_ms[place];
  });
  return runs;
}

/** Where an instant lies, in a picture of so many pixels. */
export function xOfWindow({ from_ms, to_ms }, width) {
  const room = width - MARGIN.left - MARGIN.right;
  return (atMs) => MARGIN.left + (room * (atMs - from_ms)) / (to_ms - from_ms);
}

function scaleOf({ values, usual, limits, from_ms, to_ms }, width, height) {
  const all = [...values, ...(usual ?? []), ...limits].filter((value) => value !== null);
  const low = all.length ? Math.min(...all) : 0;
  const high = all.length ? Math.max(...all) : 1;
  const room = HEADROOM * (high - low || 1);
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const share = (value) => (value - (low - room)) / (high - low + 2 * room);
  return {
    left: MARGIN.left,
    right,
    top: MARGIN.top,
    bottom,
    x: xOfWindow({ from_ms, to_ms }, width),
    y: (value) => bottom - (bottom - MARGIN.top) * share(value),
    atMs: (x) => from_ms + ((to_ms - from_ms) * (x - MARGIN.left)) / (right - MARGIN.left),
  };
}

function bandOf({ usual, digits }, { left, right, y }) {
  if (!usual) return [];
  const [low, high] = usual;
  const band = { class: "chart-usual", x: left, width: right - left, y: y(high), height: y(low) - y(high) };
  const title = svgElement("title", {}, `usual ${low.toFixed(digits)} to ${high.toFixed(digits)}`);
  return [svgElement("rect", band, title)];
}

function limitsOf({ limits, digits }, { left, right, y }) {
  return limits.flatMap((limit) => {
    if (limit === null) return [];
    const line = svgElement("line", { class: "chart-limit", x1: left, x2: right, y1: y(limit), y2: y(limit) });
    const place = { class: "chart-limit-text", x: right + 4, y: y(limit) + 4 };
    return [line, svgElement("text", place, limit.toFixed(digits))];
  });
}

function timeTicks({ from_ms, to_ms }, { x, top, bottom }) {
  const minutes = (to_ms - from_ms) / 60_000;
  const stepMs = (TICK_STEPS_MIN.find((step) => minutes / step <= MOST_TICKS) ?? 480) * 60_000;
  // Ticks stand at full hours of the clock on the wall, not of UTC.
  const offsetMs = new Date(to_ms).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from_ms - offsetMs) / stepMs) * stepMs + offsetMs;
  const ticks = [];
  for (let atMs = first; atMs <= to_ms; atMs += stepMs) {
    ticks.push(svgElement("line", { class: "chart-grid", x1: x(atMs), x2: x(atMs), y1: top, y2: bottom }));
    const place = { class: "chart-tick", x: x(atMs), y: bottom + 13, "text-anchor": "middle" };
    ticks.push(svgElement("text", place, clockOf(atMs)));
  }
  return ticks;
}

/** The lowest and the highest value stand at the axis, where there is room for both. */
function valueTicks({ values, digits }, { y, left }) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const shown = y(low) - y(high) < TEXT_HEIGHT ? [high] : [low, high];
  return shown.map((value) => {
    const place = { class: "chart-tick", x: left - 6, y: y(value) + 4, "text-anchor": "end" };
    return svgElement("text", place, value.toFixed(digits));
  });
}

function lineOf({ at_ms, values }, { x, y }) {
  return runsOf(at_ms, values).map((run) => {
    if (run.length === 1) {
      const [[atMs, value]] = run;
      return svgElement("circle", { class: "chart-point", cx: x(atMs), cy: y(value), r: 2 });
    }
    const points = run.map(([atMs, value]) => `${x(atMs).toFixed(1)},${y(value).toFixed(1)}`);
    return svgElement("polyline", { class: "chart-line", points: points.join(" ") });
  });
}

function marksOf({ marks, from_ms, to_ms }, { x, top, bottom }) {
  return marks.flatMap((mark) => {
    const end = Math.min(mark.to_ms ?? to_ms, to_ms);
    if (end < from_ms) return [];
    const begin = Math.max(mark.from_ms, from_ms);
    const width = Math.max(x(end) - x(begin), 2);
    const span = { class: `chart-mark priority-${mark.priority}`, x: x(begin), width, y: top, height: bottom - top };
    const title = svgElement("title", {}, markInWords(mark));
    return [svgElement("rect", span, title), markShape(mark.priority, x(begin), top - 6)];
  });
}

/** Triangle, diamond, circle: what priority it is without its colour, as on the tiles. */
export function markShape(priority, x, y) {
  const side = 5;
  const shapes = {
    high: `M ${x} ${y - side} L ${x + side} ${y + side} L ${x - side} ${y + side} Z`,
    medium: `M ${x} ${y - side} L ${x + side} ${y} L ${x} ${y + side} L ${x - side} ${y} Z`,
    low: `M ${x - side} ${y} a ${side} ${side} 0 1 0 ${2 * side} 0 a ${side} ${side} 0 1 0 ${-2 * side} 0 Z`,
  };
  return svgElement("path", { class: `chart-shape priority-${priority}`, d: shapes[priority] ?? shapes.low });
}

function cursorOf({ at_ms, values }, { x, y, top, bottom }) {
  const line = svgElement("line", { class: "chart-cursor", y1: top, y2: bottom });
  const dot = svgElement("circle", { class: "chart-dot", r: 3.5 });
  const element = svgElement("g", { visibility: "hidden" }, line, dot);
  const showAt = (atMs) => {
    const place = atMs === null ? -1 : at_ms.indexOf(atMs);
    element.setAttribute("visibility", place < 0 ? "hidden" : "visible");
    if (place < 0) return;
    line.setAttribute("x1", x(atMs));
    line.setAttribute("x2", x(atMs));
    const value = values[place];
    dot.setAttribute("visibility", value === null ? "hidden" : "inherit");
    if (value === null) return;
    dot.setAttribute("cx", x(atMs));
    dot.setAttribute("cy", y(value));
  };
  return { element, showAt };
}
