"""The commands, each loaded when it is called, and what an error looks like in a terminal."""

import asyncio
import errno
import gc
import importlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from streamscope import __version__
from streamscope.cli.terminal import clean
from streamscope.engine.core import Core
from streamscope.kinds.auth.base import Question
from streamscope.model.errors import StoreError, StreamscopeError
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.store.bench import open_bench
from streamscope.tasks import aside

_T = TypeVar("_T")
_COLLECTED = (50_000, 20, 20)
"""Objects made between two collections of garbage: events come by the thousand, and hold nothing that leads back."""
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO)
_COMMANDS = {
    "send": "Call a service or a URL and show what comes.",
    "preview": "Show what would be sent, byte for byte, or as a curl command.",
    "curl": "Read a curl command: print it as a draft, keep it, or send it.",
    "inspect": "Look at a recording, a HAR file or a captured body.",
    "replay": "Play a recording back, or serve it to any client.",
    "compare": "Put two recordings side by side.",
    "services": "List, deploy, watch, change and delete services.",
    "models": "List what can be deployed, and register packages for the sandbox.",
    "keys": "Make and bind API keys, kept in the keyring.",
    "apps": "Make applications and let them call services.",
    "connections": "Connect networks to services, and approve that.",
    "workspaces": "Configure workspaces, and test the way to one.",
    "credentials": "Keep credentials by name, in the system's keyring.",
    "kinds": "List every authentication, channel, protocol, dialect and platform.",
    "dialects": "List how payloads are read, and keep a dialect of your own.",
    "environments": "List, show and change environments and their variables.",
    "matrix": "Call every combination that a workspace offers.",
    "collections": "List, open and show folders of saved requests.",
    "history": "List what was sent, by day.",
    "recordings": "List what was recorded, and prune it.",
    "settings": "Read and change settings.",
    "sandbox": "Run the embedded platform.",
    "demo": "Play the guided demo and keep what it shows.",
}


class Commands(click.Group):
    """The commands by name, imported only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All names, in the order of the help."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name; one that does not exist is an error that names the nearest."""
        if cmd_name not in _COMMANDS:
            raise unknown(phrase("There is no command '{name}'.", name=cmd_name), cmd_name, _COMMANDS)
        command: click.Command = importlib.import_module(f"streamscope.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The help's list, without loading anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="streamscope %(version)s")
@click.option("--profile", type=click.Path(path_type=Path), help="Keep everything in this folder.")
@click.pass_context
def streamscope(ctx: click.Context, profile: Path | None) -> None:
    """Explore and debug real-time inference services.

    Without a command the window opens.
    """
    ctx.obj = profile or ctx.obj


profile_option = click.option(
    "--profile", type=click.Path(path_type=Path), help="Keep everything in this folder.", default=None
)


def run(arguments: list[str], profile: Path | None) -> int:
    """Run a command and return its exit code; errors are told on the standard error stream."""
    try:
        result = streamscope.main(arguments, "streamscope", standalone_mode=False, obj=profile)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except StreamscopeError as error:
        complain(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader is gone: nothing more can be said
        return 1
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or the interpreter would try once more at its end
        complain(StoreError(phrase("What is printed cannot be written: {reason}.", reason=error.strerror)))
        return 1


def complain(error: StreamscopeError) -> None:
    """What happened and what to try, for a person; what a platform or a program said in it steers no terminal."""
    click.echo(f"{click.style('error:', fg='red', bold=True)} {_indented(str(error.message))}", err=True)
    if str(error.hint):
        click.echo(f"{click.style('hint:', fg='cyan')} {_indented(str(error.hint))}", err=True)
    if error.cause and error.cause not in str(error.message):
        click.echo(click.style(f"cause: {_indented(error.cause)}", dim=True), err=True)


def _indented(text: str) -> str:
    return clean(text).replace("\n", "\n       ")


@asynccontextmanager
async def opened(profile: Path | None) -> AsyncGenerator[Core, None]:
    """A core on the running loop, closed in order at the end, also when it is stopped."""
    bench = open_bench(profile)
    for notice in bench.notices:
        click.echo(f"{click.style('note:', fg='yellow')} {notice}", err=True)
    core = Core(bench, ask=_ask)
    try:
        yield core
    finally:
        await core.aclose()
        bench.close()


async def _ask(question: Question) -> str:
    """The variable STREAMSCOPE_MFA_CODE, else the person at the terminal; '' where there is none."""
    if given := os.environ.get("STREAMSCOPE_MFA_CODE"):
        return given
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return ""
    click.echo(str(question.about), err=True)
    try:
        typed: str = await aside(lambda: click.prompt(str(question.label), default="", show_default=False, err=True))
    except click.Abort:
        return ""
    return typed


def go(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end; Ctrl+C and SIGTERM cancel it, so that everything is closed in order."""
    gc.freeze()  # what was imported lives as long as the process
    gc.set_threshold(*_COLLECTED)

    async def stoppable() -> _T:
        task = asyncio.current_task()
        with suppress(NotImplementedError):  # Windows has no such handlers
            if task is not None:
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await coroutine

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
