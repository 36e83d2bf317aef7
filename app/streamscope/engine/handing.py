"""Workspaces handed on and taken in: which of them, under which names, and what is still to be typed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from streamscope.kinds.catalog import AUTH, PLATFORMS, secret_fields
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Workspace
from streamscope.store import files, workspace_file
from streamscope.store.bench import Bench
from streamscope.store.given_names import free_name
from streamscope.store.workspace_file import Handed
from streamscope.store.workspaces import SANDBOX

Clash = Literal["copy", "replace", "skip"]
"""What becomes of one whose name is taken: it comes under a free name, in the place of the other, or not at all."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in: workspaces, credentials that want their secrets, and things to know."""

    workspaces: tuple[str, ...]
    credentials: tuple[str, ...]
    notes: tuple[Phrase, ...]


def exported(bench: Bench, names: tuple[str, ...] = ()) -> tuple[str, list[Phrase]]:
    """The text of a file with these workspaces, all but the sandbox's where none is named; what was left out.

    Raises UsageError for a name that there is not, and where there is nothing to hand on.
    """
    found = [bench.workspaces.get(name) for name in names] or bench.workspaces.all()
    chosen = [one for one in found if one.name != SANDBOX.name]
    if not chosen:
        raise UsageError(
            phrase("There is no workspace to export."), phrase("The sandbox's own is on every machine: add one first.")
        )
    return workspace_file.written(chosen, bench.credentials.all(), secret_fields())


def read(path: Path) -> Handed:
    """What a file holds. Raises StoreError."""
    if not path.is_file():
        raise StoreError(phrase("There is no file {path}.", path=path))
    return workspace_file.read(files.read(path))


def taken_in(bench: Bench, handed: Handed, clash: Clash = "copy") -> Taken:
    """Save what a file holds; what is there stays unless it is to be replaced. Blocks. Raises StoreError."""
    notes: list[Phrase] = []
    known = bench.workspaces.names()
    wanted = [one for one in handed.workspaces if not (clash == "skip" and one.name in known)]
    wanted = [one for one in wanted if one.name != SANDBOX.name or clash == "copy"]
    if clash != "replace":
        names = _free([one.name for one in wanted], known)
        handed = workspace_file.renamed(Handed(tuple(wanted), handed.credentials), names, {})
    else:
        handed = Handed(tuple(wanted), handed.credentials)
    there = {one.name for one in bench.credentials.all()}
    made = []
    for credential in handed.credentials:
        if credential.name in there:
            notes.append(phrase("The credential '{name}' is there already and stays as it is.", name=credential.name))
        elif credential.auth in AUTH:
            bench.credentials.save(credential)
            made.append(credential.name)
            there.add(credential.name)
    for workspace in handed.workspaces:
        notes += _doubts(workspace, there)
        bench.workspaces.save(workspace)
    return Taken(tuple(one.name for one in handed.workspaces), tuple(made), tuple(notes))


def _free(names: list[str], known: list[str]) -> dict[str, str]:
    taken, found = list(known), {}
    for name in names:
        found[name] = free_name(name, taken)
        taken.append(found[name])
    return found


def _doubts(workspace: Workspace, credentials: set[str]) -> list[Phrase]:
    """What of a workspace will not work on this machine as it is."""
    found = []
    if workspace.platform not in PLATFORMS:
        found.append(
            phrase("{name}: this program knows no platform '{key}'.", name=workspace.name, key=workspace.platform)
        )
    if workspace.ca and not Path(workspace.ca).expanduser().is_file():
        found.append(phrase("{name}: there is no CA file {path} here.", name=workspace.name, path=workspace.ca))
    if workspace.credential and workspace.credential not in credentials:
        found.append(
            phrase("{name}: there is no credential '{key}' here.", name=workspace.name, key=workspace.credential)
        )
    return found
