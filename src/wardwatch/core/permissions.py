"""Who may do what at a console: roles, and the wards that a token names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from wardwatch.core.alarming.commands import Verb
from wardwatch.core.events import Actor, Role

EVERY_WARD = "*"


class ConsoleRole(StrEnum):
    """What whoever is logged in is: the roles of people, and a screen that nobody is logged in to."""

    NURSE = "nurse"
    CHARGE_NURSE = "charge_nurse"
    PHYSICIAN = "physician"
    OPERATOR = "operator"
    DEVICE = "device"


class Action(StrEnum):
    """What can be allowed: what a console sees and reports, and each command by its verb."""

    READ = "read"  # alarms, and who lies in the ward
    VITALS = "vitals"  # the latest of each patient
    HISTORY = "history"  # the last hours of a patient
    NAMES = "names"  # the name behind a pseudonym
    SHOWN = "shown"  # reports which alarms are on the screen
    DELIVERIES = "deliveries"  # at which consoles an alarm has arrived
    ACKNOWLEDGE = "acknowledge"
    PAUSE_AUDIO = "pause_audio"
    RESUME_AUDIO = "resume_audio"
    PAUSE_ALARM = "pause_alarm"
    ALARM_OFF = "alarm_off"
    RESUME_ALARM = "resume_alarm"
    NOTE = "note"
    FEEDBACK = "feedback"
    NEW_NORMAL = "new_normal"

    @staticmethod
    def of(verb: Verb) -> Action:
        """The right to give a command.

        >>> Action.of(Verb.NOTE)
        <Action.NOTE: 'note'>
        """
        return Action(verb.value)


_SEES = frozenset({Action.READ, Action.VITALS, Action.HISTORY})
_COMMANDS = frozenset(Action.of(verb) for verb in Verb)
# Both silence a patient beyond any pause that ends by itself: for who answers for the ward. Our own choice.
_FAR_REACHING = frozenset({Action.ALARM_OFF, Action.NEW_NORMAL})
_EVERYTHING = frozenset(Action)

MAY: Mapping[ConsoleRole, frozenset[Action]] = MappingProxyType(
    {
        ConsoleRole.NURSE: _EVERYTHING - _FAR_REACHING,
        ConsoleRole.CHARGE_NURSE: _EVERYTHING,
        ConsoleRole.PHYSICIAN: _EVERYTHING,
        # Runs the system: sees whether alarms arrive, and does not treat anybody.
        ConsoleRole.OPERATOR: _SEES | {Action.DELIVERIES},
        # A screen on the wall: whoever walks by can read it and touch it.
        ConsoleRole.DEVICE: _SEES | {Action.SHOWN},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token has allowed whom, until when.

    ``key`` tells which key the token was signed with: once that is no longer trusted, nor is the token.
    """

    token_id: str
    subject: str
    name: str
    role: ConsoleRole
    wards: frozenset[str]
    expires_ms: int
    key: str = ""

    def may(self, action: Action) -> bool:
        """Whether the role allows it. In which wards, says :meth:`covers`."""
        return action in MAY[self.role]

    def covers(self, ward: str) -> bool:
        """Whether the token names this ward, or all."""
        return EVERY_WARD in self.wards or ward in self.wards

    def actor(self) -> Actor:
        """Who does what is done with this token; raises ValueError for a device, which is nobody."""
        if self.role is ConsoleRole.DEVICE:
            raise ValueError("a device is nobody: it can't give commands")
        return Actor(name=self.name, role=Role(self.role.value))
