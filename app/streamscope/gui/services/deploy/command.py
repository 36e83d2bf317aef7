"""The command line that deploys or updates the same. Pure."""

import shlex
from collections.abc import Mapping, Sequence

from streamscope.gui.services.deploy.sentence import name_key
from streamscope.model.deployment import Configuration, Page
from streamscope.model.service import Service


def command_line(
    pages: Sequence[Page],
    made: Configuration,
    workspace: str,
    generation: str,
    service: Service | None = None,
    before: Configuration | None = None,
) -> str:
    """`streamscope services deploy …`, for a service that is there `streamscope services update …`.

    What is as it is by itself is left out; of an update, what stays as it was.
    """
    defaults = {field.key: field.default for page in pages if not page.repeated for field in page.fields}
    name = name_key(pages)
    words = ["streamscope", "services"]
    if service is None:
        words += ["deploy", made.values.get(name, ""), "--workspace", workspace, "--generation", generation]
    else:
        words += ["update", service.name, "--workspace", workspace]
        defaults = dict(before.values) if before is not None else {}
    for key, value in made.values.items():
        if (service is not None or key != name) and value != defaults.get(key, ""):
            words += ["--set", f"{key}={value}"]
    if before is None or made.portions != before.portions:
        for portion in made.portions:
            words += _portion(pages, portion)
    return shlex.join(words)


def _portion(pages: Sequence[Page], portion: Mapping[str, str]) -> list[str]:
    defaults = {field.key: field.default for page in pages if page.repeated for field in page.fields}
    told = [f"{key}={value}" for key, value in portion.items() if value != defaults.get(key, "")]
    return ["--portion", ",".join(told)]
