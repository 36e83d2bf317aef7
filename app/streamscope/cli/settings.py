"""`streamscope settings`: read, change and reset them."""

import json
from pathlib import Path

import click

from streamscope.cli.main import profile_option
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase
from streamscope.store.bench import open_bench
from streamscope.store.settings import Settings
from streamscope.store.settings_table import BY_KEY, SETTINGS, Setting, sections


@click.group("settings", invoke_without_command=True)
@profile_option
@click.pass_context
def command(ctx: click.Context, profile: Path | None) -> None:
    """Read and change settings; without more, list them."""
    bench = open_bench(profile or ctx.obj)
    for notice in bench.notices:
        click.echo(f"{click.style('note:', fg='yellow')} {notice}", err=True)
    ctx.obj = bench.settings
    if ctx.invoked_subcommand is None:
        _table(bench.settings)


@command.command("list")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def listed(settings: Settings, output: str) -> None:
    """List every setting with its value; a star marks what is not the default."""
    if output == "table":
        _table(settings)
        return
    rows = [
        {
            "key": setting.key,
            "value": settings.get(setting.key),
            "default": setting.field.default,
            "changed": settings.changed(setting.key),
            "section": str(setting.section),
            "label": str(setting.field.label),
            "kind": setting.field.kind,
            "choices": [key for key, _ in setting.field.choices],
        }
        for setting in SETTINGS
    ]
    click.echo(json.dumps({"settings": rows, "keys": settings.keys()}, ensure_ascii=False))


@command.command("get")
@click.argument("key")
@click.pass_obj
def got(settings: Settings, key: str) -> None:
    """Print the value of a setting."""
    click.echo(_said(settings, _known(key)))


@command.command("set")
@click.argument("key")
@click.argument("value")
@click.pass_obj
def changed(settings: Settings, key: str, value: str) -> None:
    """Change a setting. A switch is true or false."""
    setting = _known(key)
    settings.set(key, setting.read(value.strip()))


@command.command("reset")
@click.argument("key")
@click.pass_obj
def reset(settings: Settings, key: str) -> None:
    """Put a setting back to its default."""
    settings.reset(_known(key).key)


def _table(settings: Settings) -> None:
    width = max(len(setting.key) for setting in SETTINGS)
    for section in sections():
        click.secho(str(section), bold=True)
        for setting in SETTINGS:
            if setting.section == section:
                mark = click.style("*", fg="cyan") if settings.changed(setting.key) else " "
                label = click.style(str(setting.field.label), dim=True)
                click.echo(f"{mark} {setting.key:<{width}}  {_said(settings, setting) or '-':<12}  {label}")
    for name, keys in settings.keys().items():
        click.echo(f"{click.style('*', fg='cyan')} keys.{name}  {' '.join(keys) or '-'}")


def _said(settings: Settings, setting: Setting) -> str:
    value = settings.get(setting.key)
    return (value or "false") if setting.field.kind == "switch" else value


def _known(key: str) -> Setting:
    if key not in BY_KEY:
        raise unknown(phrase("There is no setting '{key}'.", key=key), key, BY_KEY)
    return BY_KEY[key]
