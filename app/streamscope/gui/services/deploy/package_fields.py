"""What is asked for to register a model package, and the package that comes of it."""

import shlex
from collections.abc import Mapping

from streamscope.model.field import Field
from streamscope.model.phrase import phrase
from streamscope.sandbox.packages import Package

FIELDS = (
    Field(
        "kind",
        phrase("Model"),
        "choice",
        "python",
        phrase("How the model is started."),
        (
            ("python", phrase("A Python file with predict(inputs)")),
            ("command", phrase("A command that listens on $PORT")),
        ),
        required=True,
    ),
    Field(
        "file",
        phrase("Python file"),
        "file",
        help=phrase("It has one function predict(inputs)."),
        required=True,
        shown_when=("kind", "python"),
    ),
    Field(
        "command",
        phrase("Command line"),
        help=phrase("For example: python -m uvicorn app:app --port $PORT"),
        required=True,
        shown_when=("kind", "command"),
    ),
    Field("name", phrase("Name"), help=phrase("Letters, digits, - and _."), required=True),
    Field("folder", phrase("Folder"), help=phrase("Where it starts; the file's own folder otherwise.")),
    Field("health", phrase("Health path"), help=phrase("Answers 2xx once it is ready, for example /health.")),
    Field("seconds", phrase("Ready within"), "number", "60", phrase("Seconds from the start.")),
    Field("websocket", phrase("WebSocket"), "switch", help=phrase("It is called over WebSocket.")),
    Field("environment", phrase("Environment"), "pairs", help=phrase("Variables that it is started with.")),
    Field("description", phrase("Description")),
)


def package(values: Mapping[str, str]) -> Package:
    """The package of what was entered. Raises ValueError where the command line has an open quote."""
    lines = [line.partition(":") for line in values.get("environment", "").splitlines()]
    kind = values.get("kind") or "python"
    return Package(
        name=values.get("name", "").strip(),
        kind="command" if kind == "command" else "python",
        command=words(values.get("command", "")) if kind == "command" else [],
        file=values.get("file", "").strip() if kind == "python" else "",
        folder=values.get("folder", "").strip(),
        environment={name.strip(): value.strip() for name, _, value in lines if name.strip()},
        health=values.get("health", "").strip(),
        seconds=_seconds(values.get("seconds", "")),
        websocket=bool(values.get("websocket")),
        description=values.get("description", "").strip(),
    )


def words(line: str) -> list[str]:
    """A command line as a shell reads it. Raises ValueError where a quote is left open."""
    return shlex.split(line)


def values(package: Package) -> dict[str, str]:
    """The same package as fields hold it."""
    return {
        "kind": package.kind,
        "file": package.file,
        "command": shlex.join(package.command),
        "name": package.name,
        "folder": package.folder,
        "health": package.health,
        "seconds": f"{package.seconds:g}",
        "websocket": "true" if package.websocket else "",
        "environment": "\n".join(f"{name}: {value}" for name, value in package.environment.items()),
        "description": package.description,
    }


def _seconds(text: str) -> float:
    try:
        return float(text) if text.strip() else 60.0
    except ValueError:
        return 0.0
