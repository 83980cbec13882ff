"""Checkpoints: who recovers, from what, and what is noticed when something is missing."""

from __future__ import annotations

import msgspec
import pytest

from wardwatch.adapters.checkpoint import (
    CheckpointWriter,
    Epoch,
    IncompleteCheckpointError,
    Message,
    Records,
    Recovered,
    UnreadableCheckpointError,
)

TOPIC = "vitals.readings"


def records(writer: CheckpointWriter, blocks: dict[int, bytes], position: int) -> Records:
    return writer.records(blocks, positions={TOPIC: position}, ahead={}, heard=(1, 2), outbox=[])


def changelog(*parts: Records) -> dict[bytes, bytes]:
    latest: dict[bytes, bytes] = {}
    for key, value in (record for part in parts for record in part):
        if value is None:
            latest.pop(key, None)
        else:
            latest[key] = value
    return latest


def test_nothing_is_recovered_from_nothing() -> None:
    found = Recovered.of(0, {})
    assert (found.head, found.positions, found.states()) == (None, {}, {})


def test_the_blocks_and_positions_of_the_last_checkpoint_are_recovered() -> None:
    writer = CheckpointWriter(0, Epoch(1, 1), [])
    log = changelog(records(writer, {0: b"a", 1: b"b"}, 5), records(writer, {1: b"c"}, 9))
    found = Recovered.of(0, log)
    assert found.states() == {0: b"a", 1: b"c"}
    assert found.positions == {TOPIC: 9}
    assert found.blocks_ahead() == {}


def test_a_partition_recovers_only_its_own() -> None:
    log = changelog(records(CheckpointWriter(1, Epoch(1, 1), []), {0: b"other"}, 5))
    assert Recovered.of(0, log).head is None


def test_the_outbox_comes_first_and_the_head_last() -> None:
    """Cut anywhere, a checkpoint must not hold an effect without the event, nor a head without its blocks."""
    outbox = [("p-1", Message("vitals.alerts", b"p-1", b"{}"))]
    writer = CheckpointWriter(0, Epoch(1, 1), [])
    written = writer.records({0: b"a"}, positions={}, ahead={}, heard=(None, None), outbox=outbox)
    assert [key.decode().rpartition("/")[2] for key, _ in written] == ["outbox", "0", "head"]


def test_an_outbox_is_emptied_by_the_checkpoint_after_it() -> None:
    writer = CheckpointWriter(0, Epoch(1, 1), [])
    outbox = [("p-1", Message("vitals.alerts", b"p-1", b"{}"))]
    first = writer.records({}, positions={}, ahead={}, heard=(None, None), outbox=outbox)
    before = Recovered.of(0, changelog(first)).outbox
    after = Recovered.of(0, changelog(first, records(writer, {}, 1))).outbox
    assert before is not None
    assert after is not None
    assert (before.messages, after.messages) == (outbox, [])


def test_a_block_of_a_cut_off_checkpoint_says_what_it_covers() -> None:
    writer = CheckpointWriter(0, Epoch(1, 1), [])
    log = changelog(records(writer, {0: b"a", 1: b"b"}, 5), records(writer, {0: b"c", 1: b"d"}, 9)[:1])
    assert Recovered.of(0, log).blocks_ahead() == {0: {TOPIC: 9}}


def test_an_owner_without_a_whole_checkpoint_does_not_count() -> None:
    """Its predecessor's is there until it has one."""
    old, new = CheckpointWriter(0, Epoch(1, 1), []), CheckpointWriter(0, Epoch(2, 2), [])
    found = Recovered.of(0, changelog(records(old, {0: b"a"}, 5), records(new, {0: b"b"}, 9)[:-1]))
    assert found.states() == {0: b"a"}
    assert found.epoch == Epoch(2, 2)


def test_what_an_owner_writes_after_it_was_replaced_is_not_read() -> None:
    old, new = CheckpointWriter(0, Epoch(1, 1), []), CheckpointWriter(0, Epoch(2, 2), [])
    before, late = records(old, {0: b"a"}, 5), records(old, {0: b"stale"}, 6)
    assert Recovered.of(0, changelog(before, records(new, {0: b"b"}, 9), late)).states() == {0: b"b"}


def test_the_keys_of_earlier_owners_are_deleted_with_the_second_checkpoint() -> None:
    """With the first they are still needed: it may be cut off."""
    log = changelog(records(CheckpointWriter(0, Epoch(1, 1), []), {0: b"a"}, 5))
    new = CheckpointWriter(0, Epoch(2, 2), Recovered.of(0, log).keys)
    first, second = records(new, {0: b"b"}, 6), records(new, {}, 7)
    assert not set(log) - set(changelog([*log.items()], first))
    assert not set(log) & set(changelog([*log.items()], first, second))


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_block_is_noticed(missing: int) -> None:
    log = changelog(records(CheckpointWriter(0, Epoch(1, 1), []), {0: b"a", 1: b"b"}, 5))
    del log[f"0/1/1/{missing}".encode()]
    with pytest.raises(IncompleteCheckpointError):
        Recovered.of(0, log)


def test_an_older_state_of_a_block_is_noticed() -> None:
    writer = CheckpointWriter(0, Epoch(1, 1), [])
    first, second = records(writer, {0: b"a"}, 5), records(writer, {0: b"b"}, 9)
    with pytest.raises(IncompleteCheckpointError):
        Recovered.of(0, changelog(first, second[-1:]))


@pytest.mark.parametrize("key", [b"nonsense", b"0/x/1/head", b"\xff"])
def test_a_key_that_is_not_ours_is_an_error(key: bytes) -> None:
    with pytest.raises(UnreadableCheckpointError):
        Recovered.of(0, {key: b""})


@pytest.mark.parametrize("value", [b"nonsense", msgspec.msgpack.encode([2, 1, {}, None, None, {}])])
def test_a_value_of_another_version_is_an_error(value: bytes) -> None:
    with pytest.raises(UnreadableCheckpointError):
        Recovered.of(0, {b"0/1/1/head": value})
