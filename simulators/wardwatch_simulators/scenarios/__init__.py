"""Wards for a day, as TOML files: four ready ones, and how to read one of your own.

>>> from wardwatch_simulators.scenarios import READY, load
>>> READY
('busy_ward', 'mass_casualty', 'night_shift', 'quiet_ward')
>>> load("quiet_ward").description
'a ward on which nobody falls ill, and devices fail as they do'
"""

from wardwatch_simulators.scenarios.reading import READY, ScenarioError, load

__all__ = ["READY", "ScenarioError", "load"]
