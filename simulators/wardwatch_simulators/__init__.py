"""Wearers that don't exist, for those who test wardwatch or a consumer of their own.

>>> from wardwatch_simulators import Plan, Simulation, Wearers
>>> plan = Plan(wearers=[Wearers(count=3)], lasts_s=60)
>>> simulation = Simulation(plan, seed=7, start_ms=1_767_225_600_000)
>>> sum(len(arrived) for arrived in simulation.seconds())
180
>>> simulation.truth()  # nobody has fallen ill, and no device has failed
[]
"""

from wardwatch_simulators.beds import lay_out
from wardwatch_simulators.plans import Failures, Illnesses, Plan, PlanError, Wearers
from wardwatch_simulators.simulation import Arrival, Simulation
from wardwatch_simulators.truth import Deterioration, DeviceFault, IllnessPhase, encode_truth

__all__ = [
    "Arrival",
    "Deterioration",
    "DeviceFault",
    "Failures",
    "IllnessPhase",
    "Illnesses",
    "Plan",
    "PlanError",
    "Simulation",
    "Wearers",
    "encode_truth",
    "lay_out",
]
