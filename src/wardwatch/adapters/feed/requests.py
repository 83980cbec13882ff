"""What a console may ask for once it has logged in, and the answers.

Each request is checked by itself against what the token grants: the role says whether the action is allowed,
and the token in which wards. A patient who does not exist and one of another ward give the same answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from wardwatch.adapters.feed.services import Services, Visitor
from wardwatch.adapters.feed.subscription import Subscription
from wardwatch.core.events import Priority
from wardwatch.core.permissions import EVERY_WARD, Action
from wardwatch.wire.feed.asked import (
    AskDeliveries,
    AskHistory,
    AskName,
    BadRequestError,
    ClientMessage,
    Order,
    Shown,
    Subscribe,
)
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import Error, History, NameOf, ServerMessage, encode_message, raw

# What tells of somebody who tries what they may not.
_TELLING = {
    ErrorCode.FORBIDDEN_WARD,
    ErrorCode.FORBIDDEN_ACTION,
    ErrorCode.UNKNOWN_PATIENT,
    ErrorCode.UNKNOWN_ALARM,
}

_UNKNOWN_PATIENT = "There is no such patient in your wards."


class Requests:
    """Answers the requests of one visitor."""

    def __init__(
        self, services: Services, visitor: Visitor, let_others: Callable[[], Awaitable[None]]
    ) -> None:
        """``let_others`` is awaited between the parts of a long answer."""
        self._services = services
        self._visitor = visitor
        self._let_others = let_others

    async def answer(self, request: ClientMessage) -> None:
        """Do what is asked for; raises :class:`BadRequestError`."""
        match request:
            case Subscribe():
                self._subscribe(request)
            case Order():
                self._order(request)
            case Shown():
                self._take_shown(request)
            case AskHistory():
                await self._tell_history(request)
            case AskName():
                self._tell_name(request)
            case AskDeliveries():
                self._tell_deliveries(request)

    def refuse(self, fault: BadRequestError, request: ClientMessage | None) -> None:
        """Answer with an error, and note it where somebody has tried what they may not."""
        if request is not None and fault.code in _TELLING:
            asked = {name: getattr(request, name, None) for name in ("patient", "patients", "alarm", "wards")}
            self._note("refused", code=fault.code.value, **asked)
        self._say(Error(code=fault.code, message=fault.message, request=fault.request))

    def _subscribe(self, request: Subscribe) -> None:
        self._must(Action.READ, request)
        if request.vitals:
            self._must(Action.VITALS, request)
        grant = self._visitor.grant
        wards = set(grant.wards) if EVERY_WARD in request.wards else set(request.wards)
        if not all(grant.covers(ward) for ward in wards):
            raise BadRequestError(
                ErrorCode.FORBIDDEN_WARD, "The token does not name all of these wards.", request.request
            )
        subscription = Subscription(
            wards=frozenset(wards),
            minimum_priority=Priority[request.minimum_priority.upper()],
            patients=None if request.patients is None else frozenset(request.patients),
            vitals=request.vitals,
        )
        self._visitor.subscription = subscription
        self._note("subscribed", wards=sorted(wards), patients=request.patients, vitals=request.vitals)
        self._services.hub.subscribe(
            self._visitor.subscriber, subscription, request.position, request.request, sorted(wards)
        )
        self._services.deliveries.subscribed(self._visitor.subscriber)

    def _order(self, order: Order) -> None:
        self._must(Action.of(order.verb), order)
        ward = self._ward_for(order.patient, order, alarm=order.alarm)
        self._must_be_noted(order)
        self._services.orders.give(order, self._visitor.grant, self._visitor.subscriber)
        self._note(
            "command",
            command=order.command,
            patient=order.patient,
            ward=ward,
            alarm=order.alarm,
            verb=order.verb.value,
        )

    def _take_shown(self, request: Shown) -> None:
        self._must(Action.SHOWN, request)
        # What a console was never sent it can't show, whatever it says: nor does it stand in the audit.
        alarms = self._services.deliveries.shown(self._visitor.subscriber, request.alarms)
        if alarms:
            self._note("shown", alarms=alarms)

    async def _tell_history(self, request: AskHistory) -> None:
        self._must(Action.HISTORY, request)
        shown = self._note_histories(request)
        for patient in request.patients:
            try:
                self._ward_for(patient, request)
                is_noted = patient in shown
            except BadRequestError:
                is_noted = False
            if is_noted:
                self._say(self._history_of(patient, request))
            else:
                unknown = ErrorCode.UNKNOWN_PATIENT
                self._say(Error(code=unknown, message=_UNKNOWN_PATIENT, request=request.request))
            await self._let_others()

    def _note_histories(self, request: AskHistory) -> set[str]:
        """Note in one or two records what of it is shown; who asks for a hundred must not fill the audit."""
        wards: dict[str, str] = {}
        for patient in request.patients:
            with suppress(BadRequestError):
                wards[patient] = self._ward_for(patient, request)
        if wards:
            self._note("history", patients=list(wards), wards=set(wards.values()), minutes=request.minutes)
        if unknown := [patient for patient in dict.fromkeys(request.patients) if patient not in wards]:
            self._note("refused", code=ErrorCode.UNKNOWN_PATIENT.value, patients=unknown)
        return set(wards)

    def _history_of(self, patient: str, request: AskHistory) -> History:
        services = self._services
        at_ms, vitals = services.census.history(patient, request.minutes, services.now_ms())
        # What happened before a move, in a ward that the token does not name, belongs to that ward.
        records = services.hub.alarms_of(patient, self._visitor.grant.covers)
        return History(
            patient=patient, at_ms=at_ms, vitals=vitals, alarms=raw(records), request=request.request
        )

    def _tell_name(self, request: AskName) -> None:
        self._must(Action.NAMES, request)
        ward = self._ward_for(request.patient, request)
        self._must_be_noted(request)
        names = self._services.names
        name = None if names is None else names.name_of(request.patient)
        self._note("name_shown", patient=request.patient, ward=ward)
        self._say(NameOf(patient=request.patient, name=name, request=request.request))

    def _tell_deliveries(self, request: AskDeliveries) -> None:
        self._must(Action.DELIVERIES, request)
        alarm = self._services.hub.open_alarm(request.alarm)
        if alarm is None or not self._visitor.grant.covers(alarm.ward):
            raise BadRequestError(ErrorCode.UNKNOWN_ALARM, "No such alarm is open.", request.request)
        self._say(self._services.deliveries.of(request.alarm, request.request))

    def _ward_for(self, patient: str, request: ClientMessage, alarm: str | None = None) -> str:
        """The ward in which the patient lies, if the token covers it.

        An open alarm knows of a move before the next status tells of it.
        """
        event = None if alarm is None else self._services.hub.open_alarm(alarm)
        known = event is not None and event.patient == patient
        ward = event.ward if event is not None and known else self._services.census.ward_of(patient)
        if ward is None or not self._visitor.grant.covers(ward):
            raise BadRequestError(ErrorCode.UNKNOWN_PATIENT, _UNKNOWN_PATIENT, request.request)
        return ward

    def _must(self, action: Action, request: ClientMessage) -> None:
        if not self._visitor.grant.may(action):
            raise BadRequestError(
                ErrorCode.FORBIDDEN_ACTION, "Your role does not allow this.", request.request
            )

    def _must_be_noted(self, request: ClientMessage) -> None:
        """What nobody could be held to account for later must not be done now."""
        if self._services.audit.is_behind:
            sentence = "The audit can't be written at the moment: try again in a while."
            raise BadRequestError(ErrorCode.NOT_DELIVERED, sentence, request.request)

    def _say(self, message: ServerMessage) -> None:
        self._services.hub.send(self._visitor.subscriber, encode_message(message))

    def _note(self, kind: str, **what: Any) -> None:
        self._services.audit.note(kind, self._visitor.grant, self._visitor.console, **what)
