"""Wearers that don't exist, for those who test wardwatch or a consumer of their own.

>>> from wardwatch_simulators import Ward
>>> ward = Ward(wearers=3, deteriorating=1, seed=7, start_ms=1_767_225_600_000)
>>> sorted(reading.patient for reading in ward.next_second())
['sim-0001', 'sim-0002', 'sim-0003']
>>> ward.truth()  # nobody has fallen ill within the first second
[]
"""

from wardwatch_simulators.beds import lay_out
from wardwatch_simulators.courses import COURSES, Course
from wardwatch_simulators.truth import Deterioration, encode_truth
from wardwatch_simulators.ward import Ward

__all__ = ["COURSES", "Course", "Deterioration", "Ward", "encode_truth", "lay_out"]
