"""`wardwatch feed`: alarms to nurse-station consoles."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from contextlib import suppress

import click

from wardwatch.adapters.feed.server import CannotListenError
from wardwatch.adapters.logs import log_to_standard_error
from wardwatch.cli.configured import settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.stopping import stopped_by_signals
from wardwatch.composition import build_feed
from wardwatch.settings import Settings

_log = logging.getLogger(__name__)


@click.command("feed")
@click.option("--host", help="Where to listen.  [default: WARDWATCH_FEED_HOST, else 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="0 takes a free one.  [default: WARDWATCH_FEED_PORT, else 8765]",
)
def command(*, host: str | None, port: int | None) -> None:
    """Serve alarms to nurse-station consoles over websockets.

    Reads vitals.alerts, and tells every console what is open in its wards and then every change; docs/feed.md
    describes the protocol. It ends in order on SIGTERM or Ctrl-C.

    \b
    Example:
      wardwatch feed --port 8765
    """
    settings = settings_or_exit()
    given = {"feed_host": host, "feed_port": port}
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    log_to_standard_error()
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    if not _is_loopback(settings.feed_host):
        _log.warning("the feed asks nobody who they are: whoever can reach this port can read every ward")
    try:
        with stopped_by_signals() as stopping:
            async with build_feed(settings).running() as url:
                click.echo(f"wardwatch feed at {url}")
                await stopping.wait()
    except CannotListenError as error:
        raise UsersError(f"the feed {error}; choose another --host or --port.") from error


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
