"""The life of an alarm, as a table: what may happen to it in which state, and what then becomes of it.

The first rows, up to the condition's existence, are carried out by `wardwatch.core.alarms` for all patients
at once; all others by `wardwatch.core.alarming.desk`. The documentation's diagram is made from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wardwatch.core.events import Phase


class State(StrEnum):
    """Where an alarm stands."""

    NONE = "none"
    PENDING = "pending"
    DELAYED = "delayed"
    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    LATCHED = "latched"
    PAUSED = "paused"
    OFF = "off"


class Trigger(StrEnum):
    """What happens to an alarm."""

    BEYOND = "a value is beyond the limit"
    BACK = "the value is back in time"
    EXISTS = "the condition exists"
    EXISTS_BEFORE_DELAY = "the condition exists, with a signal delay"
    EXISTS_PAUSED = "the condition exists, paused"
    EXISTS_OFF = "the condition exists, turned off"
    RISES = "the priority rises"
    EASES = "the priority falls"
    OVER = "the condition is over"
    OVER_UNSEEN = "the condition is over, latching"
    SIGNAL_DELAY_OVER = "the signal delay is over"
    ESCALATION_DUE = "nobody has acknowledged: escalation"
    REPEAT_DUE = "nobody has acknowledged: it sounds again"
    ACKNOWLEDGE = "acknowledge"
    ACKNOWLEDGED_FOR_LONG = "the acknowledgement times out"
    PAUSE = "pause the alarm"
    PAUSE_OVER = "the pause is over"
    TURN_OFF = "turn the alarm off"
    RESUME = "resume the alarm"


@dataclass(frozen=True, slots=True)
class Row:
    """In ``state``, at ``trigger``: the next state, and the phase that is told, if any."""

    state: State
    trigger: Trigger
    to: State
    told: Phase | None


_N, _P, _D, _A = State.NONE, State.PENDING, State.DELAYED, State.ACTIVE
_K, _L, _Z, _O = State.ACKNOWLEDGED, State.LATCHED, State.PAUSED, State.OFF
_START, _UPDATE, _END = Phase.START, Phase.UPDATE, Phase.END

TABLE: tuple[Row, ...] = (
    Row(_N, Trigger.BEYOND, _P, None),
    Row(_P, Trigger.BACK, _N, None),
    Row(_P, Trigger.EXISTS, _A, _START),
    Row(_P, Trigger.EXISTS_BEFORE_DELAY, _D, None),
    # What is paused or off is seen all the same.
    Row(_P, Trigger.EXISTS_PAUSED, _Z, _START),
    Row(_P, Trigger.EXISTS_OFF, _O, _START),
    Row(_D, Trigger.SIGNAL_DELAY_OVER, _A, _START),
    Row(_D, Trigger.RISES, _D, None),
    Row(_D, Trigger.EASES, _D, None),
    # Nobody has heard of it.
    Row(_D, Trigger.OVER, _N, None),
    Row(_D, Trigger.OVER_UNSEEN, _N, None),
    Row(_D, Trigger.PAUSE, _Z, _START),
    Row(_D, Trigger.TURN_OFF, _O, _START),
    Row(_A, Trigger.RISES, _A, _UPDATE),
    Row(_A, Trigger.EASES, _A, _UPDATE),
    Row(_A, Trigger.ESCALATION_DUE, _A, _UPDATE),
    Row(_A, Trigger.REPEAT_DUE, _A, _UPDATE),
    Row(_A, Trigger.ACKNOWLEDGE, _K, _UPDATE),
    Row(_A, Trigger.PAUSE, _Z, _UPDATE),
    Row(_A, Trigger.TURN_OFF, _O, _UPDATE),
    Row(_A, Trigger.OVER, _N, _END),
    Row(_A, Trigger.OVER_UNSEEN, _L, _UPDATE),
    # An acknowledgement is of this episode, and of this priority or a lower one.
    Row(_K, Trigger.RISES, _A, _UPDATE),
    Row(_K, Trigger.EASES, _K, _UPDATE),
    Row(_K, Trigger.ACKNOWLEDGED_FOR_LONG, _A, _UPDATE),
    Row(_K, Trigger.PAUSE, _Z, _UPDATE),
    Row(_K, Trigger.TURN_OFF, _O, _UPDATE),
    Row(_K, Trigger.OVER, _N, _END),
    Row(_K, Trigger.OVER_UNSEEN, _N, _END),
    # The condition is back before anybody has seen that it was there.
    Row(_L, Trigger.EXISTS, _A, _UPDATE),
    Row(_L, Trigger.EXISTS_BEFORE_DELAY, _A, _UPDATE),
    Row(_L, Trigger.EXISTS_PAUSED, _Z, _UPDATE),
    Row(_L, Trigger.EXISTS_OFF, _O, _UPDATE),
    Row(_L, Trigger.ESCALATION_DUE, _L, _UPDATE),
    Row(_L, Trigger.REPEAT_DUE, _L, _UPDATE),
    Row(_L, Trigger.ACKNOWLEDGE, _N, _END),
    Row(_Z, Trigger.RISES, _Z, _UPDATE),
    Row(_Z, Trigger.EASES, _Z, _UPDATE),
    Row(_Z, Trigger.PAUSE, _Z, _UPDATE),
    Row(_Z, Trigger.PAUSE_OVER, _A, _UPDATE),
    Row(_Z, Trigger.RESUME, _A, _UPDATE),
    Row(_Z, Trigger.TURN_OFF, _O, _UPDATE),
    Row(_Z, Trigger.OVER, _N, _END),
    # A pause is for a while: what came and went meanwhile must still be seen by somebody.
    Row(_Z, Trigger.OVER_UNSEEN, _L, _UPDATE),
    Row(_O, Trigger.RISES, _O, _UPDATE),
    Row(_O, Trigger.EASES, _O, _UPDATE),
    Row(_O, Trigger.PAUSE, _Z, _UPDATE),
    Row(_O, Trigger.RESUME, _A, _UPDATE),
    Row(_O, Trigger.OVER, _N, _END),
    Row(_O, Trigger.OVER_UNSEEN, _N, _END),
)

_ROWS = {(row.state, row.trigger): row for row in TABLE}

# In which words a state is told to whoever wants what is not possible in it.
_SAID_OF = {
    State.NONE: "is over",
    State.PENDING: "does not exist yet",
    State.DELAYED: "has not been signalled yet",
    State.ACTIVE: "is active",
    State.ACKNOWLEDGED: "has been acknowledged already",
    State.LATCHED: "is latched: its condition is over, and it waits to be acknowledged",
    State.PAUSED: "is paused",
    State.OFF: "is turned off",
}


class IllegalTransitionError(ValueError):
    """What can't happen to an alarm in its state; the message says why, and nothing has changed."""


def row_of(state: State, trigger: Trigger) -> Row:
    """What happens; raises :class:`IllegalTransitionError`."""
    row = _ROWS.get((state, trigger))
    if row is None:
        raise IllegalTransitionError(f"Not possible ({trigger}): the alarm {_SAID_OF[state]}.")
    return row
