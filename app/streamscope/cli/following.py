"""A service followed on a terminal's standard error until it is what was asked for."""

import asyncio
import sys
from collections.abc import Collection, Sequence
from contextlib import aclosing

import click

from streamscope.cli.asked import moment, note
from streamscope.cli.terminal import line
from streamscope.engine.core import Core
from streamscope.engine.deploying import progress
from streamscope.engine.progressing import Progress, settling
from streamscope.engine.waiting import failed
from streamscope.model.errors import ServiceFailed
from streamscope.model.phrase import phrase
from streamscope.model.service import Service

_CLEAR = "\r\x1b[K"
_BAR = 24
TIMEOUT = 1800.0
"""Seconds that are waited: platforms give a deployment 20 minutes."""


async def follow(
    core: Core, service: Service, wanted: Collection[str], timeout: float, *, among: bool = False, undone: bool = False
) -> Service:
    """Show a service's progress until it is steady; the service then. `wanted` are states, 'deleted' that it is gone.
    `among`: others are followed at the same time; `undone`: that a change fails is what is wanted.

    Raises ServiceFailed where it is something else, or not in time. Stopping this stops nothing of the service.
    """
    teller = _Teller(among=among)
    last = Progress(service)
    try:
        async with asyncio.timeout(timeout), aclosing(progress(core, service)) as seen:
            old = "running" not in wanted  # what led to a deployment is no news to who ends it
            async for last in seen:
                teller.tell(last, old=old)
                old = False
    except TimeoutError:
        raise _late(last, timeout) from None
    except asyncio.CancelledError:
        teller.end()
        note(phrase("No longer watched; the platform goes on with '{name}'.", name=service.name))
        raise
    finally:
        teller.end()
    judge(last, wanted, undone=undone)
    return last.service


async def follow_many(
    core: Core, services: Sequence[Service], wanted: Collection[str], timeout: float
) -> dict[str, Service | ServiceFailed]:
    """Follow many services of one workspace, by one list call a look; by its id how each ended. Raises the tree of
    errors."""
    ended: dict[str, Service | ServiceFailed] = {}
    on = sys.stderr.isatty()
    try:
        async with asyncio.timeout(timeout), aclosing(settling(core, services)) as seen:
            async for last in seen:
                try:
                    judge(last, wanted)
                    ended[last.service.id] = last.service
                except ServiceFailed as error:
                    ended[last.service.id] = error
                if on:
                    told = f"{len(ended)} / {len(services)}  {line(last.service.name)}: {line(last.service.status)}"
                    click.echo(told, err=True)
    except TimeoutError:
        for service in services:
            known = core.services.get(service.workspace, {}).get(service.id, service)
            ended.setdefault(service.id, _late(Progress(known), timeout))
    except asyncio.CancelledError:
        note(phrase("No longer watched; the platform goes on with {count} services.", count=len(services) - len(ended)))
        raise
    return ended


def _late(last: Progress, timeout: float) -> ServiceFailed:
    return ServiceFailed(
        phrase(
            "'{name}' is still {status} after {seconds} s.",
            name=last.service.name,
            status=last.service.status or "-",
            seconds=f"{timeout:g}",
        ),
        last.trouble.remedy if last.trouble else phrase("It goes on without being watched."),
        cause=str(last.trouble.cause) if last.trouble else "",
    )


def judge(last: Progress, wanted: Collection[str], *, undone: bool = False) -> None:
    """Raises ServiceFailed where a steady service is not what was wanted, or, unless `undone`, what it was before."""
    name = last.service.name
    if last.gone:
        if "deleted" not in wanted:
            raise ServiceFailed(phrase("'{name}' is gone: it was deleted.", name=name))
    elif last.service.state not in wanted:
        if last.service.state == "failed":
            raise failed(last)
        raise ServiceFailed(
            phrase("'{name}' is {status} now.", name=name, status=last.service.status or "-"),
            last.trouble.remedy if last.trouble else phrase("Look at its events."),
            cause=str(last.trouble.cause) if last.trouble else "",
        )
    elif last.trouble is not None and not undone and last.service.state != "concerning":
        raise ServiceFailed(
            phrase("'{name}' is what it was before: {cause}", name=name, cause=last.trouble.cause),
            last.trouble.remedy,
            cause=last.happenings[-1].text if last.happenings else "",
        )


def sandbox_ends(core: Core) -> None:
    """Say so where the sandbox was started by this command and ends with it."""
    if core.sandbox is not None and core.sandbox.process is not None:
        note(phrase("The sandbox ends with this command. Start `streamscope sandbox` or the window to call services."))


class _Teller:
    """The platform's events as lines, and a line that changes; nothing where standard error is no terminal."""

    def __init__(self, *, among: bool) -> None:
        self._shown = False
        self._on = sys.stderr.isatty()
        self._among = among

    def tell(self, seen: Progress, *, old: bool = False) -> None:
        """What is new, and where it stands; `old`: what happened is known already."""
        if not self._on:
            return
        self.end()
        for one in () if old else seen.happenings:
            colour = {"error": "red", "warning": "yellow"}.get(one.severity)
            text = click.style(line(one.text), fg=colour) if colour else line(one.text)
            name = f"{line(seen.service.name)}: " if self._among else ""
            click.echo(f"{click.style(moment(one.at), dim=True)}  {name}{text}", err=True)
        if not seen.done and not self._among:
            sys.stderr.write(self._line(seen))
            sys.stderr.flush()
            self._shown = True

    def end(self) -> None:
        """Take the line that changes away."""
        if self._shown:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
            self._shown = False

    def _line(self, seen: Progress) -> str:
        told = f"{line(seen.service.name)}: {line(seen.service.status).lower() or '…'}"
        if seen.percent is not None:
            full = round(_BAR * min(max(seen.percent, 0), 100) / 100)
            told += f"  {'━' * full}{'─' * (_BAR - full)} {seen.percent:3d} %"
        if seen.problem is not None:
            told += f"  ({phrase('the platform does not answer: {message}', message=seen.problem.message)})"
        elif seen.trouble is not None:
            told += f"  ({seen.trouble.cause})"
        return f"{told}  {click.style('(Ctrl+C leaves it)', dim=True)}"
