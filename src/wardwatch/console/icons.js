/** Drawn signs, one shape a meaning. Each stands beside a text, so readers of the screen skip it. */

import { svgElement } from "./dom.js";

// Shapes of the priorities differ in outline, so that they are told apart without colour and from afar.
const SHAPES = {
  high: ["M8 .8 15.6 14.6H.4z", "M7.1 5.2h1.8v5H7.1zM7.1 11.2h1.8V13H7.1z"],
  medium: ["M8 .4 15.6 8 8 15.6.4 8z", "M7.1 4h1.8v5H7.1zM7.1 10.2h1.8V12H7.1z"],
  low: ["M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z", "M7.1 4h1.8v5H7.1zM7.1 10.2h1.8V12H7.1z"],
};

const LINES = {
  bell: "M3 12h10l-1.5-2V7a3.5 3.5 0 0 0-7 0v3zM6.5 14h3",
  bellPaused: "M1 12h8.6L8.3 10V7.2a3 3 0 0 0-6 0V10zM4 14h2.6M12 4v6M14.8 4v6",
  bellOff: "M3 12h10l-1.5-2V7a3.5 3.5 0 0 0-7 0v3zM6.5 14h3M2 2l12 12",
  speaker: "M2 6h2.5L8 3v10L4.5 10H2zM10.5 5.5a3.5 3.5 0 0 1 0 5M12.5 3.5a6.4 6.4 0 0 1 0 9",
  speakerOff: "M2 6h2.5L8 3v10L4.5 10H2zM10.5 6l4 4M14.5 6l-4 4",
  eye: "M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8zM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  plug: "M5.5 2v4M10.5 2v4M3.5 6h9v2a4.5 4.5 0 0 1-9 0zM8 12.5V15",
  check: "M2.5 8.5 6.5 12.5 13.5 4",
  battery: "M1.5 5h11v6h-11zM14.5 7v2",
  person: "M8 2a2.6 2.6 0 1 1 0 5.2A2.6 2.6 0 0 1 8 2zM2.8 14c.5-3 2.6-4.6 5.2-4.6s4.7 1.6 5.2 4.6z",
  ward: "M2 14V3h8v11M10 7h4v7M1 14h14M4.5 6h3M4.5 9h3",
  out: "M9 2H3v12h6M6.5 8h8M11.5 5l3 3-3 3",
};

const drawing = (...children) =>
  svgElement("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" }, ...children);

/** The shape of a priority: filled, with an exclamation mark in the colour of the ground. */
export function shapeOf(priority) {
  const [outline, mark] = SHAPES[priority];
  const shape = drawing(svgElement("path", { d: outline }), svgElement("path", { class: "mark", d: mark }));
  shape.classList.add("shape", priority);
  return shape;
}

/** A sign drawn in lines. */
export function icon(name) {
  const lines = drawing(svgElement("path", { d: LINES[name] }));
  lines.classList.add("lines");
  return lines;
}

const BARS = 4;

/** Four bars, of which so many are full as the signal is good; `quality` is from 0 to 1. */
export function signalBars(quality) {
  const full = Math.ceil(quality * BARS);
  const bars = Array.from({ length: BARS }, (_, index) =>
    svgElement("rect", {
      class: index < full ? "full" : "empty",
      x: 1 + index * 3.7,
      y: 11 - index * 3,
      width: 2.6,
      height: 3 + index * 3,
    }),
  );
  return drawing(...bars);
}

/** A battery that is so full; `charge` is in %. */
export function batteryOf(charge) {
  const level = svgElement("rect", { class: "full", x: 2.8, y: 6.2, width: (8.4 * charge) / 100, height: 3.6 });
  const cell = drawing(svgElement("path", { d: LINES.battery }), level);
  cell.classList.add("lines");
  return cell;
}
