/** Records as the feed tells them, for the tests of the page's modules. */

let sequence = 1_795_288_000_000;

export function alarmRecord(said = {}) {
  sequence += 1;
  const alarm = said.alarm ?? "a-1";
  return {
    v: 1,
    event: `${alarm}-${sequence}`,
    alarm,
    sequence,
    patient: "p-1",
    ward: "4B",
    bed: "12",
    condition: "heart_rate.high",
    kind: "physiological",
    priority: "medium",
    phase: "start",
    state: "active",
    inactivation: "enabled",
    onset_ms: 1_795_288_033_000,
    observed_at_ms: 1_795_288_033_000,
    text: "HR 134 > 130",
    why: {},
    at_ms: 1_795_288_033_000,
    source: "",
    cause: "condition",
    by: null,
    until_ms: null,
    escalation: 0,
    target: "",
    ...said,
  };
}

export function statusRecord(said = {}) {
  return {
    v: 1,
    patient: "p-1",
    ward: "4B",
    bed: "12",
    observed_at_ms: 1_795_288_033_000,
    vitals: { heart_rate: { value: 72, observed_at_ms: 1_795_288_033_000 } },
    news2: { lowest: 1, highest: 6, missing: ["on_oxygen", "consciousness"] },
    open_alarms: [],
    learning: {},
    inhibited: {},
    audio_paused_until_ms: null,
    ...said,
  };
}

export const event = (said, position = "c:1") => ({ type: "event", position, alarm: alarmRecord(said) });

export const snapshot = (alarms = [], patients = []) => ({
  type: "snapshot",
  wards: ["4B"],
  position: "c:0",
  alarms,
  patients,
});

export const heartbeat = (said = {}) => ({
  type: "heartbeat",
  now_ms: 1_795_288_040_000,
  live: true,
  reason: null,
  position: "c:1",
  ...said,
});
