"""What happens to packets on their way. All sizes are wardwatch's own choices."""

from __future__ import annotations

from wardwatch_simulators.faults.packets import Moment, Packet

_COPY_WITHIN_MS = 2000
_DELAYED_BY_MS = 15_000
# The link is away for this share of a gap, the least and what severity adds; then all that was kept comes.
_AWAY, _AWAY_BY_SEVERITY = 0.5, 0.45


def packet_loss(packet: Packet, moment: Moment) -> list[Packet]:
    """As many are lost as the severity says."""
    return [] if moment.chances[0] < moment.severity else [packet]


def store_and_forward(packet: Packet, moment: Moment) -> list[Packet]:
    """The link is gone; the device keeps what it has, and sends it in a burst, oldest first.

    The more severe, the longer it is away, and the faster the burst. At the end nothing is left over.
    """
    away = _AWAY + _AWAY_BY_SEVERITY * moment.severity
    lasts_ms = 1000 * moment.lasts_s
    back_ms = moment.midnight_ms + 1000 * moment.from_s + int(lasts_ms * away)
    since_ms = packet.arrives_ms - moment.midnight_ms - 1000 * moment.from_s
    packet.arrives_ms = max(packet.arrives_ms, back_ms + int(since_ms * (1 - away)))
    return [packet]


def duplicates(packet: Packet, moment: Moment) -> list[Packet]:
    """As many come twice as the severity says."""
    if moment.chances[0] >= moment.severity:
        return [packet]
    return [packet, packet.again(1 + int(moment.chances[1] * _COPY_WITHIN_MS))]


def reordering(packet: Packet, moment: Moment) -> list[Packet]:
    """As many are held up as the severity says, and overtaken by later ones."""
    if moment.chances[0] < moment.severity:
        packet.arrives_ms += int(moment.chances[1] * _DELAYED_BY_MS)
    return [packet]


def broken_payload(packet: Packet, moment: Moment) -> list[Packet]:
    """As many can't be read as the severity says: cut off, not UTF-8, without an instant, or empty."""
    if moment.chances[0] < moment.severity:
        packet.mangle = _WAYS[int(moment.chances[1] * len(_WAYS))]
    return [packet]


def _cut_off(payload: bytes) -> bytes:
    return payload[: len(payload) * 2 // 3]


def _not_utf8(payload: bytes) -> bytes:
    middle = len(payload) // 2
    return payload[:middle] + b"\xff\xfe" + payload[middle + 2 :]


def _no_instant(payload: bytes) -> bytes:
    return payload.replace(b'"observed_at_ms"', b'"observed"')


def _wrong_type(payload: bytes) -> bytes:
    return payload.replace(b'"observed_at_ms":', b'"observed_at_ms":"soon","was":')


def _empty(payload: bytes) -> bytes:
    return payload[:0]


_WAYS = (_cut_off, _not_utf8, _no_instant, _wrong_type, _empty)
