"""Operating points: the threshold of a method that makes no more than so many false alarms a patient-day.

Thresholds are tried from the strictest on, until there are too many. A still lower one may make fewer again,
when incidents grow into each other until the method always alarms: that is no operating point of anything.
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.reading import FloatArray, IntArray


def operating_points(false_alarms: FloatArray, wanted: float) -> IntArray:
    """(draws): the places of the thresholds with at most ``wanted`` of them a patient-day.

    ``false_alarms`` (draws, t) are those of falling thresholds, whose first makes none. Sensitivity only
    rises as thresholds fall, so that it is the highest at this one.

    >>> operating_points(np.array([[0.0, 0.1, 0.2, 0.4, 0.3]]), 0.3)
    array([2])
    """
    too_many = false_alarms > wanted
    last = np.where(too_many.any(axis=1), too_many.argmax(axis=1), false_alarms.shape[1]) - 1
    places: IntArray = np.maximum(last, 0)
    return places
