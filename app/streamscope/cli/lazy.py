"""A group of commands, each in a module that is imported when it is called."""

import importlib
from collections.abc import Mapping

import click

from streamscope.model.field import unknown
from streamscope.model.phrase import phrase


class LazyGroup(click.Group):
    """Commands by name: `table` maps each to its module within `streamscope.cli` and its line of help.

    A module holds the command `NAME_command`, with `_` for `-`. Commands that were added in the usual way come last.
    """

    table: Mapping[str, tuple[str, str]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the help."""
        return [*self.table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; one that does not exist is an error that names the nearest."""
        if cmd_name in self.table:
            module = importlib.import_module(f"streamscope.cli.{self.table[cmd_name][0]}")
            command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
            return command
        found = super().get_command(ctx, cmd_name)
        if found is None:
            told = phrase("There is no command '{name}'.", name=f"{self.name} {cmd_name}")
            raise unknown(told, cmd_name, self.list_commands(ctx))
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The help's list, without loading anything."""
        rows = [(name, line) for name, (_, line) in self.table.items()]
        rows += [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
