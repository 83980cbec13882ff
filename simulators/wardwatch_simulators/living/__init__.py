"""Wearers that live: bodies with days and nights, people who differ, illnesses with a known truth.

>>> from wardwatch_simulators.living import Episode, Population
>>> population = Population(seed=7, wearers=3, episodes=[Episode(1, "sepsis", onset_s=3600)])
>>> population.seconds(0, 60)["heart_rate"].shape
(3, 60)
>>> [record.course for record in population.truth(until_s=7200)]
['sepsis']
"""

from wardwatch_simulators.living.courses import COURSES, Course
from wardwatch_simulators.living.devices import DEVICE_KINDS, DeviceKind
from wardwatch_simulators.living.episodes import SHORTEST_S, Episode, TrueEvent
from wardwatch_simulators.living.people import AT_HOME, ON_THE_WARD, People, Setting
from wardwatch_simulators.living.population import Population
from wardwatch_simulators.living.twins import fitted

__all__ = [
    "AT_HOME",
    "COURSES",
    "DEVICE_KINDS",
    "ON_THE_WARD",
    "SHORTEST_S",
    "Course",
    "DeviceKind",
    "Episode",
    "People",
    "Population",
    "Setting",
    "TrueEvent",
    "fitted",
]
