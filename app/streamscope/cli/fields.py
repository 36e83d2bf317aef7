"""FIELD=VALUE on a command line; secret values never stand there."""

import sys
from collections.abc import Sequence

import click

from streamscope.model.errors import UsageError
from streamscope.model.field import Field, check
from streamscope.model.phrase import phrase

STANDARD_INPUT = "@-"


def assigned(sets: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """The values of readable fields; '@-' reads one from standard input. Raises UsageError, also for a secret in sight.

    What stands on a command line is in the shell's history and in the list of processes.
    """
    found: dict[str, str] = {}
    read = False
    secret = {field.key for field in fields if field.kind == "secret"}
    for given in sets:
        key, mark, value = given.partition("=")
        if not mark:
            raise UsageError(phrase("'{entry}' sets nothing.", entry=given), phrase("Write --set FIELD=VALUE."))
        check(fields, {key: value}, "--set")
        if value == STANDARD_INPUT:
            if read:
                raise UsageError(phrase("Standard input can be read once only."))
            read, value = True, _standard_input(key)
        elif key in secret and value:
            raise UsageError(
                phrase("'{key}' is secret: on a command line others could read it.", key=key),
                phrase("Leave it out and be asked for it, or pipe it in with --set {key}=@-.", key=key),
            )
        found[key] = value
    return found


def prompted(fields: Sequence[Field], given: dict[str, str]) -> dict[str, str]:
    """The same with the missing required fields asked for, secret ones without showing them; only on a terminal."""
    found = dict(given)
    for field in fields:
        if field.required and not found.get(field.key) and sys.stdin.isatty():
            found[field.key] = click.prompt(str(field.label), hide_input=field.kind == "secret", err=True)
    return found


def _standard_input(key: str) -> str:
    try:
        return sys.stdin.buffer.read().decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UsageError(phrase("The value of '{key}' on standard input is not UTF-8.", key=key)) from error
