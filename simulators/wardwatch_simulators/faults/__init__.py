"""Devices that fail, with severity and times, and the truth about it.

>>> from wardwatch_simulators.faults import FAULT_KINDS, Fault
>>> FAULT_KINDS["off_body"].alarm
'device.off_body'
>>> Fault(from_s=60, wearer=0, kind="packet_loss", until_s=120, severity=0.3).kind
'packet_loss'
"""

from wardwatch_simulators.faults.kinds import FAULT_KINDS, FaultKind
from wardwatch_simulators.faults.schedule import MIXTURES, NO_FAULTS, REALISTIC, Fault, Mixture

__all__ = ["FAULT_KINDS", "MIXTURES", "NO_FAULTS", "REALISTIC", "Fault", "FaultKind", "Mixture"]
