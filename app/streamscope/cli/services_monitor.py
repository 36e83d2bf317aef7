"""`streamscope services monitor`: calls, and what the instances use."""

import asyncio
from typing import Any

import click

from streamscope.cli.asked import Asked, asking, moment, table, tell
from streamscope.cli.main import go, opened
from streamscope.engine import deploying
from streamscope.engine.waiting import found
from streamscope.model.deployment import Figures, Usage
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase

_EVERY = 5.0


@click.command("monitor")
@click.argument("name")
@click.option("--watch", is_flag=True, help="Go on, every few seconds.")
@click.option("--every", type=click.FloatRange(0.5), default=_EVERY, show_default=True, help="Seconds, with --watch.")
@asking
def monitor_command(asked: Asked, name: str, watch: bool, every: float) -> int:
    """Calls, and what each portion of a service uses of what it was given.

    With --output json: the keys at, per_minute, running, wanted and portions; of a portion the keys portion, calls,
    failures, cpu (cores), memory (MB), accelerator, accelerator_memory, each of the last four with a …_total, running
    and wanted. With --watch: a line for each look.
    """

    async def read() -> int:
        async with opened(asked.profile) as core:
            service = await found(core, asked.place(core), name)
            generation, site = await deploying.managed(core, service)
            while True:
                figures = await generation.figures(site, service.id)
                if figures is None:
                    raise UsageError(
                        phrase("The platform has no monitor for services of the {label}.", label=generation.label),
                        phrase("Look at its instances: streamscope services instances NAME."),
                    )
                _print(asked, figures)
                if not watch:
                    return 0
                await asyncio.sleep(every)

    return go(read())


def _print(asked: Asked, figures: Figures) -> None:
    if asked.as_json:
        tell(
            {
                "at": moment(figures.at),
                "per_minute": figures.per_minute,
                "running": figures.running,
                "wanted": figures.wanted,
                "portions": [_row(one) for one in figures.portions],
            }
        )
        return
    calls = "" if figures.per_minute is None else f"  {figures.per_minute:g} calls/min"
    head = f"{moment(figures.at)}  {figures.running}/{figures.wanted} instances{calls}"
    click.echo(click.style(head, bold=True))
    heads = ("PORTION", "INSTANCES", "CALLS", "FAILED", "CPU", "MEMORY MB", "ACCELERATOR", "ACC. MEMORY MB")
    table(
        heads,
        [
            (
                one.portion,
                f"{one.running}/{one.wanted}",
                one.calls,
                one.failures,
                _of(one.cpu, one.cpu_total),
                _of(one.memory, one.memory_total),
                _of(one.accelerator, one.accelerator_total),
                _of(one.accelerator_memory, one.accelerator_memory_total),
            )
            for one in figures.portions
        ],
    )


def _of(used: float | None, total: float | None) -> str:
    if used is None or not (used or total):
        return ""
    return f"{used:.4g}" if not total else f"{used:.4g} / {total:.4g}"


def _row(one: Usage) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Usage.__dataclass_fields__}
