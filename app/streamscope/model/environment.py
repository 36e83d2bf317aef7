"""A named set of variables, and filling {{variables}} in texts."""

import re
from collections.abc import Mapping

from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase

_HOLE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")


def fill(text: str, variables: Mapping[str, str]) -> str:
    """The text with its {{variables}} filled; without any variables the text is left as it is.

    Raises UsageError for an unknown variable.
    """
    if not variables:
        return text

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in variables:
            raise UsageError(
                phrase("The variable '{name}' has no value.", name=name),
                phrase("Known are: {names}.", names=", ".join(sorted(variables))),
            )
        return variables[name]

    return _HOLE.sub(value, text)
