"""The devices of all patients of a partition: readings and time in, changes of technical conditions out.

Of a device at which nothing happens only numbers are kept, in columns of the patients' table, and a round of
readings of such devices costs some array operations: what a reading says of its device (`signs`) is held
against what the device *calls* for, which is what would change anything. Only where both meet, something falls
due or the gate has refused something, a device is looked at by itself (`device`).

Everything goes by our clock, the arrivals'. What falls due is brought about before whatever comes later, in
the order of its instants, so that it does not matter how often somebody looks.

What a device calls for, and when a patient's devices need a look, follow from what is kept; they are computed
anew after a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from wardwatch.core.alarming.changes import Change
from wardwatch.core.events import Reason, Refusal
from wardwatch.core.packs import Column
from wardwatch.core.reading import BoolArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.technical import signs
from wardwatch.core.technical.conditions import (
    AGES_MS,
    ALL_THE_TIME_MS,
    GRACE_MS,
    IDLE_CALLS,
    RULE_VERSION,
)
from wardwatch.core.technical.device import Device
from wardwatch.core.technical.levels import NEVER_DUE_MS
from wardwatch.core.technical.names import SLOTS, DeviceNames
from wardwatch.core.technical.silence import NEVER_MS
from wardwatch.core.technical.steps import Step
from wardwatch.core.vitals import VITAL_COUNT

COLUMNS = (
    # For each device, when each vital arrived last, and how many readings have been taken.
    Column("device_told_ms", "i8", NEVER_MS, SLOTS * VITAL_COUNT),
    Column("device_taken", "i4", 0, SLOTS),
)

_WAITS_MS = np.array(AGES_MS) + GRACE_MS
# No vital that comes now is missed sooner.
_SHORTEST_WAIT_MS = ALL_THE_TIME_MS + GRACE_MS
# Whoever needs a look is looked at together with those who soon will.
_TOGETHER_MS = 60_000
_NO_CLOCK = [Reason.DUPLICATE]

Told = list[tuple[int, Change]]
