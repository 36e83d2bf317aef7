"""`streamscope workspaces`: the places that calls go to, and a test of the way to one."""

import json
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import click

from streamscope.cli.fields import assigned
from streamscope.cli.main import go, opened, profile_option
from streamscope.cli.terminal import clean
from streamscope.engine import accounts, chain, handing
from streamscope.engine.credentials import forget_own, move_own
from streamscope.engine.links import LINKS, Link
from streamscope.kinds.catalog import PLATFORMS, kind
from streamscope.kinds.channels.base import check_resolve
from streamscope.model.errors import UsageError
from streamscope.model.field import check
from streamscope.model.phrase import phrase
from streamscope.model.service import Workspace
from streamscope.store import files
from streamscope.store.bench import Bench, open_bench

_MARKS = {
    "waiting": ("·", "white"),
    "running": ("…", "cyan"),
    "ok": ("✓", "green"),
    "warning": ("!", "yellow"),
    "failed": ("✕", "red"),
    "skipped": ("–", "white"),
}
_Options = dict[str, Any]


@click.group("workspaces")
@profile_option
@click.pass_context
def command(ctx: click.Context, profile: Path | None) -> None:
    """Configure workspaces, and test the way to one."""
    ctx.obj = profile or ctx.obj


def _settings(function: Any) -> Any:
    """The options that `add` and `edit` share."""
    for option in reversed(
        (
            click.option("--platform", help="Kind of host: see `streamscope kinds`."),
            click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="A field of the platform."),
            click.option("--credential", help="The credential that it signs in with; '' for none."),
            click.option("--ca", metavar="FILE", help="Trust the authorities in this file alone."),
            click.option("--proxy", metavar="URL|none", help="Go through this proxy, or through none."),
            click.option("--resolve", "resolves", multiple=True, metavar="HOST:PORT:ADDRESS", help="What a name is."),
            click.option("--trust", "trusts", multiple=True, metavar="SHA256", help="Trust a certificate."),
            click.option("--insecure/--secure", default=None, help="Do not check certificates, or do."),
        )
    ):
        function = option(function)
    return function


@command.command("list")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def _list(profile: Path | None, output: str) -> int:
    """List the workspaces."""
    found = _bench(profile).workspaces.all()
    if output == "json":
        click.echo(json.dumps([_row(workspace) for workspace in found], ensure_ascii=False))
        return 0
    width = max(len(workspace.name) for workspace in found)
    for workspace in found:
        place = " ".join(value for value in workspace.values.values() if "\n" not in value)
        signs = f"  {phrase('signs in as {name}', name=workspace.credential)}" if workspace.credential else ""
        click.echo(f"{workspace.name:<{width}}  {workspace.platform:<10} {click.style(clean(place), dim=True)}{signs}")
    return 0


@command.command("show")
@click.argument("name")
@click.pass_obj
def _show(profile: Path | None, name: str) -> int:
    """Show everything of a workspace, as JSON."""
    click.echo(json.dumps(_row(_bench(profile).workspaces.get(name)), ensure_ascii=False, indent=2))
    return 0


@command.command("add")
@click.argument("name")
@_settings
@click.pass_obj
def _add(profile: Path | None, /, name: str, **options: Any) -> int:
    """Add a workspace."""
    bench = _bench(profile)
    if bench.workspaces.find(name) is not None:
        raise UsageError(phrase("There is one called '{name}' already.", name=name), phrase("Use `workspaces edit`."))
    bench.workspaces.save(_changed(bench, Workspace(name, options["platform"] or "modelarts"), options))
    return 0


@command.command("edit")
@click.argument("name")
@click.option("--name", "new", metavar="NAME", help="Another name.")
@_settings
@click.pass_obj
def _edit(profile: Path | None, /, name: str, new: str | None, **options: Any) -> int:
    """Change a workspace; --set FIELD= empties a field."""
    bench = _bench(profile)
    bench.workspaces.save(_changed(bench, bench.workspaces.get(name), options))
    if new is not None and new != name:
        bench.workspaces.rename(name, new)
        move_own(bench.secrets, name, new)
    return 0


@command.command("duplicate")
@click.argument("name")
@click.pass_obj
def _duplicate(profile: Path | None, name: str) -> int:
    """Copy a workspace."""
    click.echo(_bench(profile).workspaces.duplicate(name).name)
    return 0


@command.command("remove")
@click.argument("name")
@click.pass_obj
def _remove(profile: Path | None, name: str) -> int:
    """Remove a workspace, and the secrets that were kept for it alone."""
    bench = _bench(profile)
    bench.workspaces.get(name)
    bench.workspaces.remove(name)
    forget_own(bench.secrets, [name])
    return 0


@command.command("export")
@click.argument("names", nargs=-1, metavar="[NAME…]")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Write it there; to standard output otherwise.")
@click.pass_obj
def _export(profile: Path | None, names: tuple[str, ...], path: Path | None) -> int:
    """Hand workspaces on, with the credentials that they name but no secret value."""
    text, left_out = handing.exported(_bench(profile), names)
    for said in left_out:
        click.echo(f"{click.style('note:', fg='yellow')} {said}", err=True)
    if path is None:
        click.echo(text, nl=False)
    else:
        files.write_shared(path, text.encode())
    return 0


@command.command("import")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--clash",
    type=click.Choice(get_args(handing.Clash)),
    default="copy",
    show_default=True,
    help="What becomes of one whose name is taken.",
)
@click.pass_obj
def _import(profile: Path | None, path: Path, clash: handing.Clash) -> int:
    """Take in workspaces from a file; the secrets of their credentials are then to be typed."""
    taken = handing.taken_in(_bench(profile), handing.read(path), clash)
    for name in taken.workspaces:
        click.echo(name)
    for note in taken.notes:
        click.echo(f"{click.style('note:', fg='yellow')} {note}", err=True)
    for name in taken.credentials:
        told = phrase(
            "The credential '{name}' wants its secrets: streamscope credentials edit {name} --set …", name=name
        )
        click.echo(f"{click.style('note:', fg='yellow')} {told}", err=True)
    return 0


@command.command("regions")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def _regions(output: str) -> int:
    """List the regions of ModelArts and their addresses."""
    from streamscope.kinds.platforms.modelarts import regions

    rows = [
        {"region": key, "label": str(label), "management": regions.management(key), "iam": regions.iam(key)}
        for key, label in regions.REGIONS
    ]
    if output == "json":
        click.echo(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        click.echo(f"{row['label']:<30}{click.style(row['management'], dim=True)}")
    return 0


@command.command("projects")
@click.argument("name")
@click.option("--use", metavar="PROJECT", help="Put this project, by id or name, into the workspace.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def _projects(profile: Path | None, name: str, use: str | None, output: str) -> int:
    """List the projects that whoever signs in may use, and choose one."""
    return go(_asked_projects(profile, name, use, output))


async def _asked_projects(profile: Path | None, name: str, use: str | None, output: str) -> int:
    async with opened(profile) as core:
        workspace = core.bench.workspaces.get(name)
        found = await accounts.projects(core, workspace)
        if use is not None:
            chosen = accounts.named(found, use)
            values = {**workspace.values, "project": chosen.id}
            core.bench.workspaces.save(replace(workspace, values=values))
    if output == "json":
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return 0
    for one in found:
        mark = "*" if one.id == (chosen.id if use is not None else workspace.values.get("project")) else " "
        click.echo(f"{mark} {one.id}  {clean(one.name)}  {click.style(clean(one.description), dim=True)}")
    return 0


@command.command("token")
@click.argument("name")
@click.option("--renew", is_flag=True, help="Sign in again, whatever the old token is worth.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def _token(profile: Path | None, name: str, renew: bool, output: str) -> int:
    """Tell how long the token of a workspace is still good; its value is never told."""
    return go(_looked_at_token(profile, name, output, renew=renew))


async def _looked_at_token(profile: Path | None, name: str, output: str, *, renew: bool) -> int:
    async with opened(profile) as core:
        workspace = core.bench.workspaces.get(name)
        auth = accounts.signing_in(core, workspace)
        if not auth.leases:
            raise UsageError(
                phrase("'{name}' signs in with {auth}: there is no token.", name=name, auth=auth.label),
                phrase("Each request is proved by itself."),
            )
        token = await (accounts.renewed(core, workspace) if renew else accounts.kept(core, workspace))
    left = max(0, round(token.expires - time.time())) if token is not None else None
    ends = datetime.fromtimestamp(token.expires, UTC).isoformat(timespec="seconds") if token is not None else None
    if output == "json":
        click.echo(json.dumps({"workspace": name, "auth": auth.key, "seconds_left": left, "expires": ends}))
    elif left is None:
        click.echo(str(phrase("There is no living token; the next call signs in.")))
    else:
        click.echo(f"{left // 3600} h {left % 3600 // 60} min  {click.style(str(ends), dim=True)}")
    return 0


@command.command("test")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="The links as JSON lines, as they change.")
@click.pass_obj
def _test(profile: Path | None, name: str, as_json: bool) -> int:
    """Walk the chain from the name to the list of services, and say which link breaks."""
    return go(_tested(profile, name, as_json))


async def _tested(profile: Path | None, name: str, as_json: bool) -> int:
    async with opened(profile) as core:
        workspace = core.bench.workspaces.get(name)
        links = await chain.walk(core, workspace, _tell_json if as_json else _tell)
    return next((link.exit_code for link in links if link.state == "failed"), 0)


def _tell_json(link: Link) -> None:
    click.echo(json.dumps(row(link), ensure_ascii=False))


def _tell(link: Link) -> None:
    if link.state in ("waiting", "running"):
        return
    mark, colour = _MARKS[link.state]
    took = f"{link.milliseconds:6.0f} ms" if link.milliseconds is not None else " " * 9
    lines = [clean(str(seen)) for seen in link.seen] or [clean(str(link.why))]
    click.echo(f"{click.style(mark, fg=colour)} {LINKS[link.key]!s:<17}{took}  {lines[0]}")
    more = lines[1:] + ([clean(str(link.why))] if link.seen and str(link.why) else [])
    for line in more:
        click.echo(" " * 30 + line)
    if str(link.remedy):
        click.echo(" " * 30 + click.style(clean(str(link.remedy)), fg="cyan"))


def row(link: Link) -> dict[str, Any]:
    """A link as scripts read it."""
    return {
        "link": link.key,
        "state": link.state,
        "seen": [str(seen) for seen in link.seen],
        "why": str(link.why),
        "remedy": str(link.remedy),
        "action": link.action,
        "ms": None if link.milliseconds is None else round(link.milliseconds, 1),
        "certificates": [
            {
                "subject": found.subject,
                "issuer": found.issuer,
                "names": list(found.names),
                "ends": f"{found.ends:%Y-%m-%dT%H:%M:%SZ}",
                "sha256": found.fingerprint,
            }
            for found in link.certificates
        ],
    }


def _changed(bench: Bench, workspace: Workspace, options: _Options) -> Workspace:
    platform = kind("platform", PLATFORMS, options["platform"] or workspace.platform)
    values = {**workspace.values, **assigned(options["sets"], platform.fields)}
    check(platform.fields, values, platform.key)
    check_resolve(options["resolves"])
    if options["credential"]:
        bench.credentials.get(options["credential"])
    return replace(
        workspace,
        platform=platform.key,
        values={key: value for key, value in values.items() if value},
        credential=_given(options["credential"], workspace.credential),
        ca=_given(options["ca"], workspace.ca),
        proxy=_given(options["proxy"], workspace.proxy),
        resolve=options["resolves"] or workspace.resolve,
        trusted=options["trusts"] or workspace.trusted,
        insecure=workspace.insecure if options["insecure"] is None else options["insecure"],
    )


def _given(value: str | None, before: str) -> str:
    return before if value is None else value


def _row(workspace: Workspace) -> dict[str, Any]:
    return {
        "name": workspace.name,
        "platform": workspace.platform,
        "values": dict(workspace.values),
        "credential": workspace.credential,
        "ca": workspace.ca,
        "insecure": workspace.insecure,
        "proxy": workspace.proxy,
        "resolve": list(workspace.resolve),
        "trusted": list(workspace.trusted),
    }


def _bench(profile: Path | None) -> Bench:
    bench = open_bench(profile)
    for notice in bench.notices:
        click.echo(f"{click.style('note:', fg='yellow')} {notice}", err=True)
    return bench
