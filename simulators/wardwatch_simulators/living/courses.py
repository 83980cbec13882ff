"""Courses of illness: one row each, with what it does, how fast, and how a clinician would describe it.

A row says what the illness itself does at full severity; what follows from that (a faster heart in fever,
faster breathing in hypoxia, less walking) is physiology and comes by itself.

The sizes are wardwatch's own choices within what the named source, or general clinical knowledge, [K],
describes; they are no claims about how often or how exactly patients do so. The thresholds that they are to
cross are those of NEWS2 (Royal College of Physicians 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One illness: what is added to the wearer's own levels at full severity, in the vitals' units.

    It takes ``rise_s``, a minute or more, from the onset to full severity, stays there for ``stays_s`` (None:
    for good) and takes ``fades_s`` to end. ``*_lost`` are shares from 0 to 1.
    """

    name: str
    description: str
    source: str
    rise_s: int
    stays_s: int | None = None
    fades_s: int = _HOUR
    heart_rate: float = 0.0
    oxygen_saturation: float = 0.0
    respiratory_rate: float = 0.0
    body_temperature: float = 0.0
    systolic_pressure: float = 0.0
    diastolic_pressure: float = 0.0
    skin_temperature: float = 0.0
    activity_lost: float = 0.0
    # How much of the answers of breathing and heart to hypoxia, fever and exertion is gone.
    drive_lost: float = 0.0
    rhythm_lost: float = 0.0
    # The rate of the ventricles' own rhythm, towards which ``rhythm_lost`` takes the heart rate.
    escape_rate: float = 0.0
    # Standard deviation, /min, by which a second's heart rate differs from the next one's.
    irregularity: float = 0.0
    # What is there at the onset for a minute or two and then passes, /min.
    startle: float = 0.0
    # The distance of the acceleration from 1 g at the landing of a fall, g; after it they lie still.
    impact: float = 0.0


_ALL = (
    Course(
        name="sepsis",
        description="fever, fast heart, fast breathing and a falling blood pressure over six hours",
        source="Direction of each: NEWS2 and Sepsis-3 (Singer et al. 2016: respiration >= 22, systolic "
        "<= 100) [K]; six hours is the window before onset that PhysioNet 2019 labels.",
        rise_s=6 * _HOUR, heart_rate=18, oxygen_saturation=-4, respiratory_rate=8, body_temperature=2.0,
        systolic_pressure=-38, diastolic_pressure=-22, skin_temperature=0.8, activity_lost=0.9,
    ),
    Course(
        name="opioid_respiratory_depression",
        description="breathing slows within half an hour of an opioid, and saturation falls after it",
        source="Slow breathing before desaturation, on air, with the answer to hypoxia blunted [K].",
        rise_s=30 * _MINUTE, stays_s=2 * _HOUR, fades_s=2 * _HOUR, respiratory_rate=-9,
        oxygen_saturation=-11, heart_rate=-7, systolic_pressure=-10, diastolic_pressure=-6,
        activity_lost=1.0, drive_lost=0.95,
    ),
    Course(
        name="copd_exacerbation",
        description="breathlessness that worsens over a day: fast breathing, falling saturation, fast heart",
        source="Worsens over at most 14 days, with fast breathing and heart (Celli et al. 2021: "
        "respiration >= 24, heart rate >= 95, saturation < 92 on air count [K]).",
        rise_s=18 * _HOUR, stays_s=2 * _DAY, fades_s=2 * _DAY, respiratory_rate=7, oxygen_saturation=-8,
        heart_rate=10, body_temperature=0.4, activity_lost=0.8,
    ),
    Course(
        name="atrial_fibrillation",
        description="the heart is at once fast and wholly irregular; pressure falls a little",
        source="Untreated ventricular rates of 110 to 160 [K].",
        rise_s=_MINUTE, heart_rate=52, irregularity=14, systolic_pressure=-12, diastolic_pressure=-4,
        respiratory_rate=2, activity_lost=0.6,
    ),
    Course(
        name="heart_block",
        description="complete heart block: a slow, even rhythm of the ventricles that answers to nothing",
        source="Ventricular escape rhythms have 20 to 40 /min (textbooks of electrocardiography).",
        rise_s=_MINUTE, rhythm_lost=0.97, escape_rate=35, systolic_pressure=-18, diastolic_pressure=-14,
        respiratory_rate=3, activity_lost=1.0,
    ),
    Course(
        name="haemorrhage",
        description="bleeding: the heart quickens first, the pressure falls later, skin turns cold",
        source="ATLS class III at full severity (in the European guideline on bleeding, 2016): heart rate "
        "120 to 140, respiration 30 to 40, pressure decreased.",
        rise_s=90 * _MINUTE, heart_rate=48, respiratory_rate=16, systolic_pressure=-38,
        diastolic_pressure=-20, skin_temperature=-3.0, body_temperature=-0.5, activity_lost=1.0,
    ),
    Course(
        name="hypoglycaemia",
        description="adrenaline answers to low glucose: a faster heart, wider pulse pressure, cold sweat",
        source="Signs of the autonomic answer [K]; glucose itself is not simulated.",
        rise_s=20 * _MINUTE, stays_s=40 * _MINUTE, fades_s=30 * _MINUTE, heart_rate=24, respiratory_rate=2,
        systolic_pressure=14, diastolic_pressure=-8, skin_temperature=-2.2, body_temperature=-0.3,
        activity_lost=0.8,
    ),
    Course(
        name="pulmonary_embolism",
        description="sudden breathlessness: fast heart, fast breathing and low saturation within minutes",
        source="Wells score counts a heart rate > 100; breathlessness and hypoxia are common [K].",
        rise_s=5 * _MINUTE, heart_rate=28, respiratory_rate=9, oxygen_saturation=-8, systolic_pressure=-20,
        diastolic_pressure=-10, activity_lost=1.0, startle=12.0,
    ),
    Course(
        name="influenza",
        description="fever over a day, kept for three, gone after two more; the heart follows the fever",
        source="Fever of 38 to 40 for three to four days [K]; resting heart rate and steps in infection: "
        "Alavi et al. 2022 (NightSignal).",
        rise_s=_DAY, stays_s=3 * _DAY, fades_s=2 * _DAY, body_temperature=1.9, heart_rate=3,
        respiratory_rate=2, oxygen_saturation=-1, skin_temperature=0.8, activity_lost=0.75,
    ),
    Course(
        name="fall",
        description="a fall: an impact, a startled heart for minutes, and lying still in pain",
        source="Own choice; impacts reach several g for an instant [K].",
        rise_s=_MINUTE, stays_s=2 * _HOUR, fades_s=_HOUR, heart_rate=10, respiratory_rate=3,
        systolic_pressure=10, diastolic_pressure=4, activity_lost=1.0, startle=28.0,
        impact=2.5,
    ),
)  # fmt: skip

COURSES: dict[str, Course] = {course.name: course for course in _ALL}
