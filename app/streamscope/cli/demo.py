"""`streamscope demo`: reading its options; the window plays it, and no command may load the window."""

from pathlib import Path

import click

from streamscope.cli.main import profile_option


@click.command("demo")
@click.option("--out", type=click.Path(path_type=Path), help="Where to put what it shows; a new folder otherwise.")
@profile_option
@click.pass_context
def command(ctx: click.Context, out: Path | None, profile: Path | None) -> None:
    """Play the guided demo: sandbox, a chat over SSE, one over WebSocket, the matrix.

    Writes transcript.txt, events.jsonl and window.png (window-2.png, …) to a folder and names it.
    """
    ctx.obj["demo"] = (out, profile)


def parsed(arguments: list[str]) -> tuple[Path | None, Path | None, int | None]:
    """The folder for what is shown, the profile, and an exit code where there is nothing to play."""
    told: dict[str, tuple[Path | None, Path | None]] = {}
    try:
        command.main(arguments, "streamscope demo", standalone_mode=False, obj=told)
    except click.ClickException as error:
        error.show()
        return None, None, 2
    if "demo" not in told:  # --help was asked for
        return None, None, 0
    out, profile = told["demo"]
    return out, profile, None
