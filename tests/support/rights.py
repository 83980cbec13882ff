"""Who may do what, written by hand: what the code's own table is held against."""

from __future__ import annotations

# One line an action; x where the role may.
_BY_HAND = """
              nurse  charge_nurse  physician  operator  device
read          x      x             x          x         x
vitals        x      x             x          x         x
history       x      x             x          x         x
names         x      x             x          -         -
shown         x      x             x          -         x
deliveries    x      x             x          x         -
acknowledge   x      x             x          -         -
pause_audio   x      x             x          -         -
resume_audio  x      x             x          -         -
pause_alarm   x      x             x          -         -
alarm_off     -      x             x          -         -
resume_alarm  x      x             x          -         -
note          x      x             x          -         -
feedback      x      x             x          -         -
new_normal    -      x             x          -         -
"""

_HEAD, *_LINES = [line.split() for line in _BY_HAND.strip().splitlines()]

ROLES = tuple(_HEAD)
ACTIONS = tuple(action for action, *_ in _LINES)
CELLS = [
    (role, action, mark == "x") for action, *marks in _LINES for role, mark in zip(_HEAD, marks, strict=True)
]
MAY_BY_HAND = frozenset((role, action) for role, action, is_allowed in CELLS if is_allowed)
