"""Who the wearers are: age, sex, and each one's own levels, habits and responses.

Where a figure was measured, its recording is named; `python -m benchmarks.realism` measures them anew. "[K]"
is general physiological knowledge, not read in a source for this; what has neither is wardwatch's own choice.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from wardwatch_simulators.living.randomness import Float32s, Ints, normals, purpose_keys, wearer_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """How one parameter is spread over people: normal, around a mean that age and sex move.

    ``mean`` is that of a woman of 40; ``decade`` is added for each ten years above it, ``male`` for a man.
    With ``factor`` the trait is ``mean`` times a factor whose logarithm has about the standard deviation
    ``spread``: never below zero, and with some people far above.
    """

    mean: float
    spread: float
    lowest: float
    highest: float
    decade: float = 0.0
    male: float = 0.0
    factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where the wearers are: at home they live, on the ward they mostly lie."""

    name: str
    age: Trait
    # The share of waking minutes with steps.
    activity: Trait
    # The chance of exercise on a day.
    exercise: Trait
    # How many steps they take in the minutes in which they walk, and how much of a walk's effort is stairs,
    # hills and loads.
    pace: Trait
    hills: Trait


# Age and sex: own choices, adults of working age with some older, and the age of those in hospital.
# activity: the eight wearers of wearable_minutes walk in 6 to 36 % of the minutes between 9 and 22 h.
AT_HOME = Setting(
    name="at home",
    age=Trait(mean=44, spread=13, lowest=18, highest=85),
    activity=Trait(mean=0.15, spread=0.5, lowest=0.03, highest=0.45, factor=True),
    exercise=Trait(mean=0.10, spread=0.9, lowest=0.0, highest=0.6, factor=True),
    pace=Trait(mean=1.0, spread=0.0, lowest=1.0, highest=1.0),
    hills=Trait(mean=0.25, spread=0.0, lowest=0.25, highest=0.25),
)
# Older people in hospital take a mean of 740 (Fisher et al. 2011) and a median of 603 steps a day
# (Tommasini et al. 2022). They walk about half as fast as the healthy, on level floors [K]: nobody runs.
ON_THE_WARD = Setting(
    name="on the ward",
    age=Trait(mean=66, spread=15, lowest=18, highest=95),
    activity=Trait(mean=0.028, spread=0.6, lowest=0.002, highest=0.12, factor=True),
    exercise=Trait(mean=0.0, spread=0.0, lowest=0.0, highest=0.0),
    pace=Trait(mean=0.7, spread=0.08, lowest=0.5, highest=0.9),
    hills=Trait(mean=0.04, spread=0.0, lowest=0.04, highest=0.04),
)

# Age and sex in heart rate: -1.5 (standard error 0.9) a decade and -6.4 (2.3) for men in 108 people of
# welltory_covid19, -1.3 and -1.4 in 3,559 stays of physionet2019_setB without sepsis. The other
# vitals: those same stays.
TRAITS: dict[str, Trait] = {
    # 77.2 for a woman of 40, standard deviation 10.6, seated: welltory_covid19. The waking wearers of
    # wearable_minutes have 63 to 87 (medians without steps; half of them above 81.5), of unknown age and sex.
    "heart_rate": Trait(mean=80.0, spread=9.0, lowest=56, highest=104, decade=-1.4, male=-4.0),
    # Level of sleep below that of waking rest: 8 to 17 in wearable_minutes, some of it walking.
    "sleep_dip": Trait(mean=7.5, spread=2.5, lowest=2, highest=16),
    # More for a walk of 100 steps a minute: 25 to 45 in wearable_minutes, by regression, which sees less than
    # there is, because a minute's steps are not evenly walked.
    "exertion_gain": Trait(mean=45, spread=0.22, lowest=22, highest=70, factor=True),
    # Of all of the heart rate's noise: in wearable_minutes minutes without steps differ by 1.4 (root mean
    # square over sqrt 2) in the calmest sleeper and by 2.3 in the most restless.
    "restlessness": Trait(mean=1.08, spread=0.22, lowest=0.55, highest=1.8, factor=True),
    # Half of the swing of the heart rate with a breath: 44 ms of RMSSD (exp 3.78; welltory_covid19, spread of
    # the logarithm 0.47) are about 3 /min at 75 /min, were it all breathing. Less with age [K].
    "sinus_arrhythmia": Trait(mean=2.6, spread=0.45, lowest=0.3, highest=8, decade=-0.35, factor=True),
    # Room air, healthy adults [K].
    "oxygen_saturation": Trait(mean=97.4, spread=0.7, lowest=95.6, highest=99, decade=-0.10, male=-0.17),
    "respiratory_rate": Trait(mean=15.2, spread=1.6, lowest=12, highest=19, decade=0.07, male=0.07),
    "body_temperature": Trait(mean=36.8, spread=0.2, lowest=36.3, highest=37.3, decade=-0.022, male=0.047),
    # The mean of those stays; they differ more from one another (18.5).
    "systolic_pressure": Trait(mean=124, spread=10, lowest=106, highest=155, decade=0.95, male=0.74),
    # Standard deviation of what is left after the systolic is known; the mean is that at 120 systolic.
    "diastolic_pressure": Trait(mean=76, spread=6, lowest=55, highest=98, decade=-1.82, male=1.46),
    # 31.0 with 2.3 between 26 wearers of stress_predict_e4, indoors; a little more under a covered device.
    "skin_temperature": Trait(mean=32.2, spread=1.2, lowest=29, highest=35),
    # Minutes after midnight, and minutes asleep: wearable_minutes, by the hour of the lowest heart rates.
    "bedtime": Trait(mean=-30, spread=50, lowest=-180, highest=120),
    "sleep_length": Trait(mean=450, spread=35, lowest=330, highest=560),
}
_OF_SETTING = ("activity", "exercise", "pace", "hills")
_DRAWN = ("age", "sex", "activity", "exercise", *TRAITS, "pace", "hills")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The wearers' parameters, (wearers,) each."""

    age: Float32s
    male: Float32s  # 1 or 0
    activity: Float32s
    exercise: Float32s
    pace: Float32s
    hills: Float32s
    heart_rate: Float32s
    sleep_dip: Float32s
    exertion_gain: Float32s
    restlessness: Float32s
    sinus_arrhythmia: Float32s
    oxygen_saturation: Float32s
    respiratory_rate: Float32s
    body_temperature: Float32s
    systolic_pressure: Float32s
    diastolic_pressure: Float32s
    skin_temperature: Float32s
    bedtime: Float32s
    sleep_length: Float32s

    @classmethod
    def drawn(cls, seed: int, wearers: Ints, setting: Setting) -> People:
        """People for these numbers of wearers; a number gives the same person whoever else is asked for."""
        keys = purpose_keys(wearer_keys(seed, wearers), "person")
        draws = normals(keys, np.arange((len(_DRAWN) + 3) // 4, dtype=np.int64)).reshape(len(wearers), -1)
        drawn = dict(zip(_DRAWN, draws.T, strict=False))
        nobody = np.zeros(len(wearers), dtype=np.float32)
        age = _spread(setting.age, drawn["age"], nobody, nobody)
        male = (drawn["sex"] > 0).astype(np.float32)
        decades = (age - np.float32(40)) / np.float32(10)
        traits = TRAITS | {name: getattr(setting, name) for name in _OF_SETTING}
        levels = {name: _spread(trait, drawn[name], decades, male) for name, trait in traits.items()}
        return cls(age=age, male=male, **levels)

    def __len__(self) -> int:
        return len(self.age)

    def some(self, rows: slice) -> People:
        """Those of ``rows``."""
        return People(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def with_person(self, row: int, known: dict[str, float]) -> People:
        """With what is ``known`` of one person in the place of what was drawn: a twin."""
        changed = {}
        for name, value in known.items():
            column = getattr(self, name).copy()
            column[row] = value
            changed[name] = column
        return replace(self, **changed)


def _spread(trait: Trait, normal: Float32s, decades: Float32s, male: Float32s) -> Float32s:
    middle = np.float32(trait.mean) + np.float32(trait.decade) * decades + np.float32(trait.male) * male
    spread = np.float32(trait.spread) * normal
    if trait.factor:
        # The square is near the exponential within two standard deviations, and has no last bits to differ.
        half = (np.float32(1) + spread / np.float32(2)).clip(0, None)
        values = middle * half * half
    else:
        values = middle + spread
    result: Float32s = values.clip(np.float32(trait.lowest), np.float32(trait.highest))
    return result
