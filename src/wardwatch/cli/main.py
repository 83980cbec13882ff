"""The command `wardwatch`: finds the subcommand, and turns errors into one sentence with a way out."""

from __future__ import annotations

import importlib
import sys

import click

import wardwatch
from wardwatch.cli.errors import UsersError

# Each lives in the module of its name, as `command`, and is imported when it is called: `--help` is quick.
_COMMANDS = {
    "demo": "Run everything here: a broker, wearers, a worker, a feed and a console.",
    "worker": "Watch the patients of some partitions: readings in, alarms out.",
    "feed": "Serve alarms to nurse-station consoles over websockets.",
    "tail": "Show a topic as it grows, for operators.",
    "alarms": "Show the alarms of a patient or a ward, and what became of each.",
    "burden": "Count the alarms of a period: how many, how soon answered, of what worth.",
    "quality": "Show what alarms were worth, rule by rule, and whether the calibration holds.",
    "roster": "Show and change who lies where, with which limits.",
    "token": "Make keys, and tokens for consoles; withdraw them.",
    "audit": "Show who saw and did what, and check that nobody has changed it.",
    "command": "Do something about a patient's alarms: acknowledge, pause, note.",
    "replay": "Run the monitor over recordings, without a broker.",
    "evaluate": "Measure how good the alarms are, on recordings.",
    "whatif": "Show what changed rules would have done on a log.",
    "fit": "Fit the model that patients start from, on recordings.",
    "simulate": "Send the readings of wearers that don't exist.",
    "river": "Show what the configured detectors of river cost.",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"wardwatch.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(wardwatch.__version__, prog_name="wardwatch")
def cli() -> None:
    """Watch the vital signs of many wearers at once, live.

    wardwatch is not a certified medical device.
    """


def main() -> None:
    """The entry point of the command `wardwatch`."""
    try:
        cli(prog_name="wardwatch")
    except UsersError as error:
        click.echo(f"wardwatch: {error}", err=True)
        sys.exit(1)
