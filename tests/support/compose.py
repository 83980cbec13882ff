"""Runs what docker-compose.yml says as processes, with addresses and paths of this machine."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.kafka_jars import kafka_topics_command

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"


def services() -> dict[str, dict[str, Any]]:
    """The services of docker-compose.yml by name."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
    return read


@dataclass(frozen=True, slots=True)
class RunningService:
    """The process of a service, and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def must_be_running(self) -> None:
        """Fail, with its output, if it has ended."""
        assert self.process.poll() is None, f"{self.name} ended by itself:\n{self.log.read_text()}"

    def stop(self) -> None:
        """Ask it to end; fail, with its output, if it does not end in order."""
        self.must_be_running()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        assert status == 0, f"{self.name} ended with {status}:\n{self.log.read_text()}"


@dataclass(frozen=True, slots=True)
class LocalService:
    """A service, with ``replacements`` for what only holds in its container: addresses, ports and paths."""

    name: str
    replacements: Mapping[str, str]

    def environment(self) -> dict[str, str]:
        """The service's environment and the little of ours that a process needs."""
        ours = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return ours | {
            name: self._local(value) for name, value in self._declared.get("environment", {}).items()
        }

    def command(self) -> list[str]:
        """What the container runs; the entry point of our own image is the command ``wardwatch``."""
        command = [self._local(word) for word in self._declared["command"]]
        return [*self._declared.get("entrypoint", [sys.executable, "-m", "wardwatch"]), *command]

    def is_healthy(self) -> bool:
        """Run the service's health check once."""
        kind, *words = self._declared["healthcheck"]["test"]
        words = [self._local(word) for word in words]
        command = ["/bin/sh", "-c", words[0]] if kind == "CMD-SHELL" else words
        done = subprocess.run(command, env=self.environment(), capture_output=True, check=False, timeout=60)
        return done.returncode == 0

    @contextmanager
    def running(self, log: Path) -> Iterator[RunningService]:
        """Run the service, end it as ``docker stop`` does, and see that it ends in order."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command(), env=self.environment(), stdout=output, stderr=subprocess.STDOUT
            )
        service = RunningService(self.name, process, log)
        try:
            yield service
            service.stop()
        finally:
            process.kill()
            process.wait()

    @property
    def _declared(self) -> dict[str, Any]:
        return services()[self.name]

    def _local(self, text: str) -> str:
        for there, here in self.replacements.items():
            text = text.replace(there, here)
        return text.replace("$$", "$")  # compose's way to write a dollar


def make_kafka_topics_script(folder: Path) -> None:
    """Write a ``kafka-topics.sh`` that does what the one of the broker's image does."""
    script = folder / "kafka-topics.sh"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(kafka_topics_command())} "$@"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
