"""`streamscope dialects`: how payloads are read, and dialects of one's own."""

from pathlib import Path

import click

from streamscope.cli.main import profile_option
from streamscope.kinds.catalog import DIALECTS
from streamscope.kinds.dialects.jsonpath import PREFIX, PathDialect
from streamscope.model.delta import Paths
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.store.bench import open_bench

_PATH = "JSONPATH"


@click.command("dialects")
@click.option("--save", "name", help="Keep a dialect of your own under this name; it is chosen as user.NAME.")
@click.option("--text", metavar=_PATH, help="Where the text is, such as $.choices[0].delta.content.")
@click.option("--reasoning", metavar=_PATH, default="", help="Where reasoning is.")
@click.option("--finish", metavar=_PATH, default="", help="Where the reason for the end is.")
@click.option("--usage", metavar=_PATH, default="", help="Where the usage is.")
@click.option("--error", metavar=_PATH, default="", help="Where an error is.")
@click.option(
    "--end", metavar=f"{_PATH}|TEXT", default="", help="What only the last payload has, or that payload itself."
)
@click.option("--remove", metavar="NAME", help="Forget a dialect of your own.")
@profile_option
@click.pass_obj
def command(
    parent: Path | None, /, profile: Path | None, name: str | None, text: str | None, remove: str | None, **paths: str
) -> int:
    """List the dialects; with --save NAME --text JSONPATH keep one of your own."""
    bench = open_bench(profile or parent)
    for notice in bench.notices:
        click.echo(str(notice), err=True)
    if name is not None:
        if text is None:
            raise UsageError(phrase("A dialect says where the text is."), phrase("Add --text JSONPATH."))
        made = Paths(name, text, **paths)
        PathDialect(made)  # refused where a path is none
        bench.dialects.save(made)
    if remove is not None:
        name_only = remove.removeprefix(PREFIX)
        if name_only not in [saved.name for saved in bench.dialects.all()]:
            raise UsageError(phrase("There is no dialect of your own called '{name}'.", name=name_only))
        bench.dialects.remove(name_only)
    for dialect in DIALECTS.values():
        click.echo(f"{dialect.key:<24} {dialect.label}")
    for saved in bench.dialects.all():
        click.echo(f"{PREFIX + saved.name:<24} {click.style(saved.text, dim=True)}")
    return 0
