"""`wardwatch feed`: alarms to nurse-station consoles."""

from __future__ import annotations

import asyncio
import json
import logging

import click

from wardwatch.adapters.feed.server import CannotListenError
from wardwatch.adapters.feed.service import Feed
from wardwatch.adapters.logs import log_to_standard_error
from wardwatch.adapters.open_files import allow_open_files
from wardwatch.cli.configured import feed_or_exit, settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.stopping import stopped_by_signals
from wardwatch.composition import is_loopback
from wardwatch.settings import PREFIX, Settings

_log = logging.getLogger(__name__)


@click.command("feed")
@click.option("--host", help="Where to listen.  [default: WARDWATCH_FEED_HOST, else 127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="0 takes a free one.  [default: WARDWATCH_FEED_PORT, else 8765]",
)
@click.option("--json", "as_json", is_flag=True, help="Say where it is as one JSON object.")
def command(*, host: str | None, port: int | None, as_json: bool) -> None:
    """Serve alarms, and the console's page, to nurse stations.

    Reads vitals.alerts, and tells every console what is open in its wards and then every change; docs/feed.md
    describes the protocol. Who may come in says a token, signed with a key of WARDWATCH_FEED_KEYS; without
    that setting the feed makes a key for itself, prints a token for trying out, and listens on this machine
    alone. It ends in order on SIGTERM or Ctrl-C.

    \b
    Example:
      wardwatch feed --port 8765
    """
    settings = settings_or_exit()
    given = {"feed_host": host, "feed_port": port}
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    log_to_standard_error()
    asyncio.run(_serve(settings, feed_or_exit(settings), as_json=as_json))


async def _serve(settings: Settings, feed: Feed, *, as_json: bool) -> None:
    if settings.feed_certfile is None and not is_loopback(settings.feed_host):
        _log.warning(
            "tokens and alarms go over the network unencrypted: set %sFEED_CERTFILE, or put something before "
            "the feed that speaks TLS",
            PREFIX,
        )
    allow_open_files(settings.feed_maximum_consoles)
    try:
        with stopped_by_signals() as stopping:
            async with feed.running() as url:
                _introduce(feed, url, as_json=as_json)
                await stopping.wait()
    except CannotListenError as error:
        raise UsersError(f"the feed {error}; choose another --host or --port.") from error


def _introduce(feed: Feed, url: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"feed": url, "console": feed.page_url, "token": feed.trial_token}))
        return
    click.echo(f"wardwatch feed at {url}")
    click.echo(f"console at {feed.page_url}")
    if feed.trial_token is not None:
        click.echo(f"No {PREFIX}FEED_KEYS: a token for trying out, for all wards and the next 12 hours:")
        click.echo(feed.trial_token)
