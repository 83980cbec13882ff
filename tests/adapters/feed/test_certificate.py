"""The feed's certificate: its files are loaded anew, and a bad one changes nothing."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tracemalloc
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trustme
from cryptography.x509 import load_pem_x509_certificate

from tests.support.stations import serving
from wardwatch.adapters.feed.certificate import Certificate
from wardwatch.adapters.feed.server import Address

AUTHORITY = trustme.CA()


def write(folder: Path, certificate: trustme.LeafCert) -> tuple[Path, Path]:
    """Certificate and key, each in its file."""
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    (folder / "cert.pem").unlink(missing_ok=True)
    for part in certificate.cert_chain_pems:
        part.write_to_path(folder / "cert.pem", append=True)
    return folder / "cert.pem", folder / "key.pem"


def serial_shown_at(url: str) -> int:
    """The number of the certificate with which a new connection is opened."""
    trust = ssl.create_default_context()
    AUTHORITY.configure_trust(trust)
    host, port = url.removeprefix("wss://").rstrip("/").split(":")
    with (
        socket.create_connection((host, int(port)), timeout=10) as raw,
        trust.wrap_socket(raw, server_hostname=host) as wrapped,
    ):
        shown = wrapped.getpeercert()
    assert shown is not None
    return int(str(shown["serialNumber"]), 16)


def serial_in(certificate: trustme.LeafCert) -> int:
    return load_pem_x509_certificate(certificate.cert_chain_pems[0].bytes()).serial_number


async def test_a_renewed_certificate_is_shown_to_who_comes_then(tmp_path: Path) -> None:
    first, second = AUTHORITY.issue_cert("127.0.0.1"), AUTHORITY.issue_cert("127.0.0.1")
    certificate = Certificate(*write(tmp_path, first))
    async with serving(address=Address(certificate=certificate)) as (_, server):
        assert await asyncio.to_thread(serial_shown_at, server.url) == serial_in(first)
        write(tmp_path, second)
        certificate.refresh()
        assert await asyncio.to_thread(serial_shown_at, server.url) == serial_in(second)


async def test_who_connects_and_says_nothing_takes_little_memory(tmp_path: Path) -> None:
    certificate = Certificate(*write(tmp_path, AUTHORITY.issue_cert("127.0.0.1")))
    async with serving(address=Address(certificate=certificate)) as (_, server), AsyncExitStack() as silent:
        host, port = server.url.removeprefix("wss://").rstrip("/").split(":")
        tracemalloc.start()
        silent.callback(tracemalloc.stop)
        for _ in range(50):
            _, writer = await asyncio.open_connection(host, int(port))
            silent.callback(writer.close)
        # Connections are taken in the order in which they have come.
        await asyncio.to_thread(serial_shown_at, server.url)
        assert tracemalloc.get_traced_memory()[0] < 50 * 100_000  # each at its client's end, too


async def test_files_that_do_not_fit_together_change_nothing_until_they_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = AUTHORITY.issue_cert("127.0.0.1"), AUTHORITY.issue_cert("127.0.0.1")
    certificate = Certificate(*write(tmp_path, first))
    async with serving(address=Address(certificate=certificate)) as (_, server):
        second.private_key_pem.write_to_path(tmp_path / "key.pem")
        certificate.refresh()
        certificate.refresh()
        assert await asyncio.to_thread(serial_shown_at, server.url) == serial_in(first)
        (tmp_path / "key.pem").unlink()
        certificate.refresh()
        assert await asyncio.to_thread(serial_shown_at, server.url) == serial_in(first)
        write(tmp_path, second)
        certificate.refresh()
        assert await asyncio.to_thread(serial_shown_at, server.url) == serial_in(second)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "the new certificate can't be used, the one before it stays: key values mismatch"
    ]


@pytest.mark.parametrize("content", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_files_that_are_none_are_refused_at_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "cert.pem").write_text(content)
    with pytest.raises(OSError, match=r".*"):
        Certificate(tmp_path / "cert.pem")
    with pytest.raises(FileNotFoundError):
        Certificate(tmp_path / "missing.pem")
