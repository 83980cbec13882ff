/** What a browser has of sockets, clocks and chance, for those who are given them. */

export const BROWSER = {
  open: (url) => new WebSocket(url, "wardwatch.v1"),
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  random: () => Math.random(),
  timers: { set: (run, ms) => setTimeout(run, ms), clear: (timer) => clearTimeout(timer) },
};
