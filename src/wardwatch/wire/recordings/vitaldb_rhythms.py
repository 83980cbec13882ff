"""The rhythms that annotators have named in VitalDB's files of beats. Unreadable rows tell nothing."""

from __future__ import annotations

from contextlib import suppress

from wardwatch.wire.recordings.recording import UnreadableFileError, UnreadableRow
from wardwatch.wire.recordings.source import Source
from wardwatch.wire.recordings.vitaldb import Beat, beats, patient_of


def beats_of(source: Source) -> dict[str, list[Beat]]:
    """The beats of each patient in the order of the file, with their rhythms; what is damaged ends early."""
    found: dict[str, list[Beat]] = {}
    with suppress(UnreadableFileError):
        for member in source.members():
            its: list[Beat] = []
            # Whoever reads the beats as readings is told of the damage.
            with suppress(UnreadableFileError):
                its.extend(beat for beat in beats(member) if not isinstance(beat, UnreadableRow))
            if its:
                found[patient_of(member)] = its
    return found
