"""Apache Kafka's jars, fetched by Maven as ``tests/kafka/pom.xml`` says, and the Java commands over them."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

_POM = Path(__file__).parents[1] / "kafka" / "pom.xml"
_TARGET = _POM.parent / "target"
_JARS = _TARGET / "lib"


class KafkaMissingError(RuntimeError):
    """This machine can't run Apache Kafka; the message says what to install."""


class KafkaFailedError(RuntimeError):
    """Apache Kafka did not start or did not do as told; the message ends with what it said itself."""


def java_command(main_class: str, *, heap_mb: int, short_lived: bool = True) -> list[str]:
    """The command line that runs ``main_class`` of Kafka's jars."""
    options = [f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
    if short_lived:
        options.append("-XX:TieredStopAtLevel=1")  # the optimising compiler would not pay off
    return ["java", *options, "-cp", f"{_resolved_jars()}/*", main_class]


def kafka_topics_command() -> list[str]:
    """The command line that stands behind Kafka's ``bin/kafka-topics.sh``."""
    return java_command("org.apache.kafka.tools.TopicCommand", heap_mb=128)


def _resolved_jars() -> Path:
    """The folder of the jars, filled by Maven when the pom has changed since the last time."""
    missing = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    if missing:
        raise KafkaMissingError(
            f"Apache Kafka needs {' and '.join(missing)}: install Java 17 or newer and Maven "
            "(Debian: apt-get install openjdk-17-jre-headless maven)"
        )
    _TARGET.mkdir(exist_ok=True)
    with (_TARGET / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs in one checkout
        stamp = _TARGET / "resolved"
        fingerprint = hashlib.sha256(_POM.read_bytes()).hexdigest()
        if not stamp.exists() or stamp.read_text() != fingerprint:
            _copy_jars()
            stamp.write_text(fingerprint)
    return _JARS


def _copy_jars() -> None:
    shutil.rmtree(_JARS, ignore_errors=True)
    maven = ["mvn", "--batch-mode", "--quiet", "--file", str(_POM)]
    done = subprocess.run(
        [*maven, "dependency:copy-dependencies", f"-DoutputDirectory={_JARS}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise KafkaFailedError(f"Maven could not fetch Apache Kafka\n{done.stdout}{done.stderr}")
