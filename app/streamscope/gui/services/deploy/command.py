"""The same as text: the command line that deploys or updates it, and the configuration as JSON. Pure."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from streamscope.gui.services.deploy.sentence import name_key
from streamscope.gui.texts import told
from streamscope.model.deployment import Configuration, Page
from streamscope.model.field import Field
from streamscope.model.service import Service

_MODELS = ("model", "image")
_WEIGHT, _ENVIRONMENT = "weight", "environment"
_VERSIONED = re.compile(r"(\S+) (\d+(?:\.\d+)+)")


def command_line(
    pages: Sequence[Page],
    made: Configuration,
    workspace: str,
    generation: str,
    service: Service | None = None,
    before: Configuration | None = None,
) -> str:
    """`streamscope services deploy …`, for a service that is there `streamscope services update …`.

    What is as it is by itself is left out; of an update, what stays as it was. `--set 2.KEY` is the second portion's.
    """
    name = name_key(pages)
    words = ["streamscope", "services"]
    if service is None:
        words += ["deploy", made.values.get(name, ""), "--workspace", workspace, "--generation", generation]
    else:
        words += ["update", service.name, "--workspace", workspace]
    known = before.values if before is not None else _defaults(pages, repeated=False)
    for key, value in made.values.items():
        if (service is not None or key != name) and value != known.get(key, ""):
            words += ["--set", f"{key}={value}"]
    return shlex.join([*words, *_portions(pages, made, before)])


def as_json(generation: str, made: Configuration) -> str:
    """The configuration as `streamscope services deploy --from FILE` reads it."""
    whole = {
        "generation": generation,
        "values": {key: value for key, value in made.values.items() if value},
        "portions": [{key: value for key, value in one.items() if value} for one in made.portions],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _portions(pages: Sequence[Page], made: Configuration, before: Configuration | None) -> Iterator[str]:
    """What runs as `--model`, where that is other than before; all else by the number of its portion."""
    fields = {field.key: field for page in pages if page.repeated for field in page.fields}
    model = next((key for key in _MODELS if key in fields), "")
    defaults = _defaults(pages, repeated=True)
    old = before.portions if before is not None else ()
    several = len(made.portions) > 1
    names = [portion.get(model, "") for portion in made.portions]
    weights = [portion.get(_WEIGHT, "") for portion in made.portions]
    others = [portion.get(model, "") for portion in old], [portion.get(_WEIGHT, "") for portion in old]
    anew = bool(model) and (before is None or (names, weights) != others)
    if anew:
        for name, weight in zip(names, weights, strict=True):
            yield from ("--model", _named(fields[model], name) + (f"={weight}" if several and weight else ""))
    for number, portion in enumerate(made.portions):
        known = old[number] if number < len(old) else defaults
        for key, value in portion.items():
            if value == known.get(key, "") or (anew and key in (model, _WEIGHT)):
                continue
            if key == _ENVIRONMENT and not several and before is None:
                yield from _variables(value)
            else:
                yield from ("--set", f"{number + 1}.{key}={value}")


def _variables(lines: str) -> Iterator[str]:
    for line in lines.splitlines():
        name, _, value = line.partition(":")
        yield from ("--env", f"{name.strip()}={value.strip()}")


def _named(field: Field, value: str) -> str:
    """A model as people name it, NAME:VERSION, where its label says that; else its id."""
    label = told(dict(field.choices)[value]) if value in dict(field.choices) else value
    found = _VERSIONED.fullmatch(label)
    return f"{found[1]}:{found[2]}" if found else value


def _defaults(pages: Sequence[Page], *, repeated: bool) -> Mapping[str, str]:
    return {field.key: field.default for page in pages if page.repeated == repeated for field in page.fields}
