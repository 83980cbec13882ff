"""What changes from minute to minute: levels, sleep, exertion, illness, and how they act on one another.

Each coupling names its source, or says "[K]" for general physiological knowledge, not read in a source for
this; sizes without either are wardwatch's own choice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wardwatch_simulators.living import acceleration, activity
from wardwatch_simulators.living.episodes import Episode, Illness
from wardwatch_simulators.living.people import People
from wardwatch_simulators.living.randomness import Float32s, Ints, Keys, purpose_keys, wandering
from wardwatch_simulators.living.rhythm import asleep, clock

# Fever raises the heart rate by 8 (Liebermeister's rule) to about 10 /min a degree Celsius. Within the
# intensive-care stays of physionet2019_setB it is 4.0, under sedatives and drugs that slow the heart.
_HEART_RATE_A_DEGREE = np.float32(10)
# 0.8 /min a degree within the same stays; 2 in those who breathe freely [K].
_RESPIRATION_A_DEGREE = np.float32(2)
_FEVER_ABOVE = np.float32(0.3)  # above the wearer's own level; below that it is the day's own swing

# Hypoxia: each % below 94 adds so much; breathing answers steeply only below that [K].
_HYPOXIA_BELOW = np.float32(94)
_RESPIRATION_A_PERCENT = np.float32(0.8)
_HEART_RATE_A_PERCENT = np.float32(1.2)

# A walk of 100 steps a minute, beside what it adds to the heart rate.
_RESPIRATION_EXERTED, _SYSTOLIC_EXERTED, _DIASTOLIC_EXERTED = np.float32(7), np.float32(16), np.float32(3)
_SATURATION_EXERTED, _TEMPERATURE_EXERTED = np.float32(-0.3), np.float32(0.25)
_SKIN_EXERTED = np.float32(-0.5)

# Sleep: the pressures fall by 11 and 8 mmHg in healthy men (Morris et al. 2013); breathing slows, hands and
# feet warm [K].
_RESPIRATION_ASLEEP, _SATURATION_ASLEEP = np.float32(-1.5), np.float32(-0.7)
_SYSTOLIC_SHARE_ASLEEP, _DIASTOLIC_ASLEEP = np.float32(-0.09), np.float32(-4)
_SKIN_ASLEEP = np.float32(1.2)

# The clock: body temperature is lowest at about 5 h and swings by 0.25 to each side [K]; the heart rate of
# those awake is highest in the early evening (2 to 3 /min in wearable_minutes).
_TEMPERATURE_SWING, _TEMPERATURE_PEAK = np.float32(0.25), 17 * 60
_HEART_RATE_SWING, _HEART_RATE_PEAK = np.float32(2.0), 18 * 60

# The heart rate's noise: scales in minutes, standard deviations in /min, awake and asleep. From the structure
# functions of wearable_minutes without steps: two minutes differ (root mean square over sqrt 2) awake by 2.5
# at one minute, 3.6 at three, 4.7 at ten, 5.9 at thirty and 7.6 at two hours; asleep by 2.0, 2.5, 2.9, 3.4
# and 3.9.
_HEART_NOISE = ((3, 1.7, 1.3), (9, 1.7, 1.4), (23, 2.0, 1.6), (67, 2.6, 2.0), (241, 4.6, 2.8))
# The healthy body holds these up: what would go below the first figure goes there by the second share only.
# The slowest sleepers of wearable_minutes have 44 and 48 /min in their lowest thousandth of minutes, 51 and
# 50 in the lowest twentieth. For breathing and pressure it is an own choice.
_HEART_HELD = (np.float32(52), np.float32(0.4))
_RESPIRATION_HELD = (np.float32(12.5), np.float32(0.4))
_SYSTOLIC_HELD = (np.float32(102), np.float32(0.4))
# Above 7.2 breaths a minute the sinus arrhythmia falls by 21 dB a decade, nearly as 1 / rate (Hirsch and
# Bishop 1981); people's own size is that at 15. With exertion it fades, too [K].
_RSA_FADES_ABOVE, _RSA_USUAL_AT = np.float32(7.2), np.float32(15)
# A rhythm without an atrium's lead is this much less restless; own choice.
_LESS_RESTLESS = np.float32(0.8)
# Quick noise comes and goes: factors that make the differences of minutes as heavy-tailed as in
# wearable_minutes (kurtosis of an hour's 3.4 in the median, of all without steps 6 to 47).
_FITFUL_MIN, _FITFUL, _CALMER_ASLEEP = 13, (np.float32(0.7), np.float32(0.3)), np.float32(0.2)
# That of the others: scales in minutes, standard deviations of respiration, saturation and systolic pressure,
# and what the diastolic has for itself. Within stays of physionet2019_setB one hour's go with the next one's
# by 0.44, 0.33 and 0.49, and the pressures go together by 0.57; healthy people vary less.
_OTHER_NOISE = ((5, 0.7, 0.25, 2.5, 1.8), (31, 0.7, 0.25, 2.5, 1.8), (307, 0.6, 0.2, 3.0, 2.0))
# Temperatures: body, skin. Skin: 0.24 at five minutes and 0.32 at ten in stress_predict_e4.
_WARM_NOISE = ((7, 0.02, 0.2), (29, 0.03, 0.35), (97, 0.05, 0.35), (607, 0.06, 0.4))

# Within stays the diastolic goes with the systolic by this slope (physionet2019_setB, between stays: 0.32).
DIASTOLIC_A_SYSTOLIC = np.float32(0.35)
USUAL_SYSTOLIC = np.float32(120)


class Slow:
    """The state of some wearers at the marks between minutes; (wearers, marks) each.

    Attributes with a vital's name are its level then; ``vagal`` is the size of the sinus arrhythmia,
    ``irregularity`` and ``restlessness`` that of the heart rate's quick noise; ``lively`` is how much of the
    usual the hands move. ``steps`` are those of the minute that begins at the mark.
    """

    def __init__(
        self, people: People, keys: Keys, wearers: Ints, minutes: Ints, episodes: Sequence[Episode]
    ) -> None:
        before = np.arange(minutes[0] - activity.HISTORY_MIN, minutes[0], dtype=np.int64)
        longer = np.concatenate([before, minutes])
        self._people, self._keys, self._minutes = people, keys, minutes
        illness = Illness(episodes, wearers, longer * 60)
        asleep_longer = asleep(people, keys, longer)
        lost = np.broadcast_to(illness["activity_lost"], asleep_longer.shape)
        steps, effort = activity.movement(people, keys, longer, asleep_longer, lost)
        self._asleep = asleep_longer[:, activity.HISTORY_MIN :]
        self._illness = Illness(episodes, wearers, minutes * 60)
        self.steps = steps[:, activity.HISTORY_MIN :]
        self.lively = acceleration.lively(self._asleep, self._illness["activity_lost"])
        self._exertion, self._warming = activity.exertion(effort), activity.warming(effort)
        self._breathe_and_warm()
        self._beat()
        self._press()

    def _own(self, name: str) -> Float32s:
        values: Float32s = getattr(self._people, name)[:, np.newaxis]
        return values

    def _noise(self, purpose: str, scale: int) -> Float32s:
        return wandering(purpose_keys(self._keys, f"{purpose} {scale}"), self._minutes, scale)

    def _breathe_and_warm(self) -> None:
        ill, awake_drive = self._illness, np.float32(1) - self._illness["drive_lost"]
        swing = _TEMPERATURE_SWING * clock(self._minutes, _TEMPERATURE_PEAK)
        body = swing + _TEMPERATURE_EXERTED * self._warming
        skin = _SKIN_ASLEEP * self._asleep + _SKIN_EXERTED * self._warming
        respiration = _RESPIRATION_ASLEEP * self._asleep + _RESPIRATION_EXERTED * self._exertion * awake_drive
        saturation = _SATURATION_ASLEEP * self._asleep + _SATURATION_EXERTED * self._exertion
        self._systolic_noise, self._diastolic_noise = np.zeros_like(respiration), np.zeros_like(respiration)
        for scale, breath, oxygen, pressure, diastolic in _OTHER_NOISE:
            noise = self._noise("other", scale)
            respiration += np.float32(breath) * noise[:, :, 0]
            saturation += np.float32(oxygen) * noise[:, :, 1]
            self._systolic_noise += np.float32(pressure) * noise[:, :, 2]
            self._diastolic_noise += np.float32(diastolic) * noise[:, :, 3]
        for scale, inside, outside in _WARM_NOISE:
            noise = self._noise("warmth", scale)
            body += np.float32(inside) * noise[:, :, 0]
            skin += np.float32(outside) * noise[:, :, 1]
        body += ill["body_temperature"]
        self._fever = (body - swing - _FEVER_ABOVE).clip(0, None)
        self.body_temperature = self._own("body_temperature") + body
        self.skin_temperature = self._own("skin_temperature") + skin + ill["skin_temperature"]
        self.oxygen_saturation = self._own("oxygen_saturation") + saturation + ill["oxygen_saturation"]
        self._hypoxia = (_HYPOXIA_BELOW - self.oxygen_saturation).clip(0, None)
        answer = _RESPIRATION_A_DEGREE * self._fever + _RESPIRATION_A_PERCENT * self._hypoxia
        respiration = _held(self._own("respiratory_rate") + respiration, *_RESPIRATION_HELD)
        respiration += answer * awake_drive + ill["respiratory_rate"]
        self.respiratory_rate = respiration.clip(2, 60)

    def _beat(self) -> None:
        ill, awake_drive = self._illness, np.float32(1) - self._illness["drive_lost"]
        heart = self._own("exertion_gain") * self._exertion
        heart -= self._own("sleep_dip") * self._asleep
        waking = np.float32(1) - self._asleep
        heart += _HEART_RATE_SWING * clock(self._minutes, _HEART_RATE_PEAK) * waking
        noise = np.zeros_like(heart)
        for scale, awake, sleeping in _HEART_NOISE:
            size = np.float32(awake) + np.float32(sleeping - awake) * self._asleep
            noise += size * self._noise("heart", scale)[:, :, 0]
        heart += self._own("restlessness") * noise + self._own("heart_rate")
        heart = _held(heart, *_HEART_HELD)
        answer = _HEART_RATE_A_DEGREE * self._fever + _HEART_RATE_A_PERCENT * self._hypoxia
        heart += answer * awake_drive + ill["heart_rate"]
        # Not above what the age allows: 208 - 0.7 a year (Tanaka et al. 2001).
        heart = heart.clip(28, np.float32(208) - np.float32(0.7) * self._own("age"))
        lost = ill["rhythm_lost"]
        self.heart_rate = heart + lost * (ill.escape_rate - heart)
        kept = np.float32(1) - _LESS_RESTLESS * lost
        calm = np.float32(1) / (np.float32(1) + np.float32(3) * self._exertion)
        slowness = _RSA_USUAL_AT / np.maximum(self.respiratory_rate, _RSA_FADES_ABOVE)
        self.vagal = self._own("sinus_arrhythmia") * calm * slowness * (np.float32(1) - lost)
        own = self._own("restlessness") * (np.float32(1) - _CALMER_ASLEEP * self._asleep) * kept
        fitful = self._noise("fitful", _FITFUL_MIN)[:, :, 0]
        self.restlessness = own * (_FITFUL[0] + _FITFUL[1] * fitful * fitful)
        self.irregularity = np.broadcast_to(ill["irregularity"], heart.shape)

    def _press(self) -> None:
        ill = self._illness
        level = self._own("systolic_pressure")
        systolic = level * (np.float32(1) + _SYSTOLIC_SHARE_ASLEEP * self._asleep) + self._systolic_noise
        systolic = _held(systolic + _SYSTOLIC_EXERTED * self._exertion, *_SYSTOLIC_HELD)
        diastolic = self._own("diastolic_pressure") + DIASTOLIC_A_SYSTOLIC * (systolic - USUAL_SYSTOLIC)
        diastolic += (_DIASTOLIC_EXERTED - DIASTOLIC_A_SYSTOLIC * _SYSTOLIC_EXERTED) * self._exertion
        self.systolic_pressure = (systolic + ill["systolic_pressure"]).clip(40, 280)
        diastolic += _DIASTOLIC_ASLEEP * self._asleep
        diastolic += self._diastolic_noise + ill["diastolic_pressure"]
        self.diastolic_pressure = np.minimum(diastolic.clip(20, None), self.systolic_pressure - 12)


def _held(values: Float32s, above: np.float32, share: np.float32) -> Float32s:
    result: Float32s = values + (np.float32(1) - share) * np.maximum(above - values, np.float32(0))
    return result
