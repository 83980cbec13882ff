"""The table of technical conditions: when each exists, when it is over, and how urgent it is.

They are about a device, never about the patient: that one of them is over, or does not exist, says nothing of
how the patient is. None is of high priority: a nurse has to come, but not at once.

All figures are wardwatch's own choices, unless a comment says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch.core.context import POOR_SIGNAL
from wardwatch.core.events import Priority
from wardwatch.core.technical import signs
from wardwatch.core.vitals import OBSERVATION_MAXIMUM_AGE_S, VITALS

RULE_VERSION = 1

NO_DATA, REFUSED = "device.no_data", "device.refused"
CLOCK_WRONG, OFF_BODY = "device.clock_wrong", "device.off_body"
STUCK, DRIFT = "device.stuck", "device.drift"
SPIKES, DUPLICATES = "device.spikes", "device.duplicates"

# A device that measures once in a vital's maximum age is some seconds late now and then; and what a device
# no longer sends falls silent within these seconds, and makes one alarm.
GRACE_MS = 30_000
AGES_MS = tuple(vital.maximum_age_s * 1000 for vital in VITALS)
# Vitals that are expected this soon are measured all the time.
ALL_THE_TIME_MS = min(AGES_MS)
# Of what is measured by hand: NEWS2, Royal College of Physicians 2017, at least 12-hourly.
LONGEST_INTERVAL_MS = OBSERVATION_MAXIMUM_AGE_S * 1000

WINDOW_MS = 600_000
LEAST_REFUSED = 10
LEAST_SHARE, LEAST_SHARE_TO_STAY = 0.5, 0.25
# What a device has kept while it was out of reach, and is too old by then, comes within a minute or two.
LEAST_MINUTES = 3

# A heart is never as steady: in whole /min, a rate stayed the same for 3 minutes at most in 26 recordings at
# 1 Hz (stress_predict_e4), for 6 in 278 of arrhythmias (vitaldb_arrhythmia), and for 21 in those of six of
# eight trackers that tell one a minute (wearable_minutes). So it must be the same in 30 slices of 20 seconds:
# for 10 minutes, or, of what comes once a minute, for 30.
STUCK_SLICE_MS, STUCK_SLICES = 20_000, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A condition that goes by what readings say (`signs`): ``begins`` for ``delay_ms``.

    It is over once readings have said ``ends`` for ``clear_ms``. One that is ``confirmed`` begins only with a
    further reading that says so after the delay, and a ``steady`` one only if that says much the same.
    ``worsens`` and ``eases`` tell when it has the higher priority. One that ``explains_refusals`` keeps them
    from making an alarm of their own. ``source`` is the number that it goes by.
    ``key`` is its name in what is kept. What is ``said_late`` has lasted for the delay by then.
    """

    key: str
    condition: str
    source: int
    begins: int
    ends: int
    delay_ms: int
    clear_ms: int
    priority: Priority
    confirmed: bool = False
    steady: bool = False
    said_late: bool = False
    explains_refusals: bool = False
    worsens: int = 0
    eases: int = 0
    severe_priority: Priority | None = None


LEVELS: tuple[Level, ...] = (
    Level(
        key="off_body",
        condition=OFF_BODY,
        source=signs.WORN_SOURCE,
        begins=signs.OFF,
        ends=signs.ON,
        delay_ms=60_000,
        clear_ms=30_000,
        explains_refusals=True,
        # Whatever it sends then is no value of the patient's.
        priority=Priority.MEDIUM,
    ),
    Level(
        key="poor_signal",
        condition="device.poor_signal",
        source=signs.QUALITY_SOURCE,
        begins=signs.POOR,
        ends=signs.CLEAN,
        delay_ms=120_000,
        clear_ms=60_000,
        confirmed=True,
        priority=Priority.LOW,
    ),
    Level(
        key="battery",
        condition="device.battery_low",
        source=signs.BATTERY_SOURCE,
        begins=signs.LOW,
        ends=signs.CHARGED,
        delay_ms=60_000,
        clear_ms=60_000,
        worsens=signs.EMPTY,
        eases=signs.RISEN,
        priority=Priority.LOW,
        severe_priority=Priority.MEDIUM,
    ),
    Level(
        key="fast",
        condition=CLOCK_WRONG,
        source=signs.LATE_SOURCE,
        begins=signs.FAST,
        ends=signs.NOT_FAST,
        delay_ms=10_000,
        # What a device has kept looks old, and hides for a while that its clock is fast.
        clear_ms=60_000,
        confirmed=True,
        explains_refusals=True,
        priority=Priority.LOW,
    ),
    Level(
        key="slow",
        condition=CLOCK_WRONG,
        source=signs.LATE_SOURCE,
        begins=signs.SLOW,
        ends=signs.NOT_SLOW,
        # Readings that a device has kept end with fresh ones, long before.
        delay_ms=300_000,
        # One fresh reading is proof. It also keeps "slow" and "fast" from existing at once.
        clear_ms=0,
        confirmed=True,
        steady=True,
        explains_refusals=True,
        priority=Priority.LOW,
    ),
    Level(
        key="stuck",
        condition=STUCK,
        source=signs.STUCK_SOURCE,
        begins=signs.STUCK,
        ends=signs.CHANGED,
        delay_ms=STUCK_SLICE_MS * STUCK_SLICES,
        clear_ms=0,
        confirmed=True,
        said_late=True,
        # A pacemaker may be as steady.
        priority=Priority.LOW,
    ),
    Level(
        key="drift",
        condition=DRIFT,
        source=signs.SKIN_SOURCE,
        begins=signs.COLD,
        ends=signs.WARM | signs.OFF,
        # Longer than a sensor takes to warm up.
        delay_ms=600_000,
        clear_ms=60_000,
        confirmed=True,
        priority=Priority.LOW,
    ),
)
LEVEL_BY_KEY = {level.key: level for level in LEVELS}
IDLE_CALLS = sum(level.begins for level in LEVELS) + signs.SPIKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A condition that goes by how often something happens in ten minutes.

    It begins with the ``least`` times, in three minutes at least, and ``least_share`` of all readings; it is
    over after ten minutes with less than ``least_to_stay`` and ``share_to_stay``.
    """

    key: str
    condition: str
    least: int
    least_to_stay: int
    least_share: float = 0.0
    share_to_stay: float = 0.0
    priority: Priority = Priority.LOW


COUNTS: tuple[Count, ...] = (
    # A beat that is taken for two brings one now and then.
    Count(key="spikes", condition=SPIKES, least=5, least_to_stay=2),
    # Of those that come twice only the ones that come before the next one are known again.
    Count(key="copies", condition=DUPLICATES, least=10, least_to_stay=2, least_share=0.2, share_to_stay=0.1),
)
COUNT_BY_KEY = {count.key: count for count in COUNTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class InWords:
    """A row of the documented table."""

    condition: str
    exists: str
    delay: str
    over: str
    priority: Priority
    higher: str = ""
    higher_priority: Priority | None = None


def _s(duration_ms: int) -> str:
    return f"{duration_ms / 1000:g} s" if duration_ms < 60_000 else f"{duration_ms / 60_000:g} min"


def _level(key: str, exists: str, over: str, higher: str = "") -> InWords:
    level = LEVEL_BY_KEY[key]
    return InWords(
        condition=level.condition,
        exists=exists,
        delay=_s(level.delay_ms),
        over=f"{over}, for {_s(level.clear_ms)}" if level.clear_ms else f"{over}, once",
        priority=level.priority,
        higher=higher,
        higher_priority=level.severe_priority,
    )


IN_WORDS: tuple[InWords, ...] = (
    InWords(
        condition=NO_DATA,
        exists="a vital that the device used to send does not come",
        delay=f"its maximum age and {_s(GRACE_MS)}",
        over="all of them come again",
        priority=Priority.LOW,
        higher="none comes, and some are measured all the time",
        higher_priority=Priority.MEDIUM,
    ),
    _level("off_body", "the device says that it is not worn", "it says that it is worn"),
    _level(
        "poor_signal",
        f"signal quality < {POOR_SIGNAL:g}",
        f"signal quality >= {signs.CLEAN_SIGNAL:g}",
    ),
    _level(
        "battery",
        f"battery <= {signs.LOW_BATTERY:g} %",
        f"battery >= {signs.CHARGED_BATTERY:g} %",
        f"<= {signs.EMPTY_BATTERY:g} %, until >= {signs.RISEN_BATTERY:g} %",
    ),
    _level(
        "fast",
        f"observed {_s(signs.FAST_MS)} or more after it arrived",
        f"less than {_s(signs.NOT_FAST_MS)}",
    ),
    _level(
        "slow",
        f"observed {_s(signs.SLOW_MS)} or more before it arrived, even the freshest",
        f"less than {_s(signs.NOT_SLOW_MS)}",
    ),
    InWords(
        condition=REFUSED,
        exists=f"{LEAST_REFUSED} readings or more, and {100 * LEAST_SHARE:g} % or more of all, are refused",
        delay=f"in {LEAST_MINUTES} minutes of {_s(WINDOW_MS)}",
        over=f"less than {100 * LEAST_SHARE_TO_STAY:g} % are refused in {_s(WINDOW_MS)}",
        priority=Priority.LOW,
    ),
    InWords(
        condition=STUCK,
        exists="a heart rate that is measured all the time stays the same, to the last digit",
        delay=f"{STUCK_SLICES} times {_s(STUCK_SLICE_MS)} in which it comes",
        over="it changes, once",
        priority=Priority.LOW,
    ),
    _level(
        "drift",
        f"skin temperature < {signs.COLD_SKIN:g} Cel, worn, with a pulse",
        f"skin temperature >= {signs.WARM_SKIN:g} Cel, or not worn",
    ),
    InWords(
        condition=SPIKES,
        exists=f"{COUNT_BY_KEY['spikes'].least} single values or more are far off, the next one is back",
        delay=f"in {LEAST_MINUTES} minutes of {_s(WINDOW_MS)}",
        over=f"less than {COUNT_BY_KEY['spikes'].least_to_stay} in {_s(WINDOW_MS)}",
        priority=Priority.LOW,
    ),
    InWords(
        condition=DUPLICATES,
        exists=f"{COUNT_BY_KEY['copies'].least} readings or more, and "
        f"{100 * COUNT_BY_KEY['copies'].least_share:g} % or more of all, come twice",
        delay=f"in {LEAST_MINUTES} minutes of {_s(WINDOW_MS)}",
        over=f"less than {100 * COUNT_BY_KEY['copies'].share_to_stay:g} % come twice in {_s(WINDOW_MS)}",
        priority=Priority.LOW,
    ),
)
