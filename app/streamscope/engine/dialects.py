"""The dialects that a person can name: those of the shelf, saved ones of their own, and a bare JSONPath."""

from collections.abc import Iterable

from streamscope.kinds.catalog import DIALECTS
from streamscope.kinds.dialects.base import Dialect
from streamscope.kinds.dialects.jsonpath import PREFIX, PathDialect, bare
from streamscope.model.delta import Paths
from streamscope.model.field import unknown
from streamscope.model.phrase import phrase


def dialect_named(key: str, saved: Iterable[Paths] = ()) -> Dialect:
    """The dialect of a key, of a saved one's (`user.NAME`), or of a JSONPath for the text (`$.a.b`).

    Raises UsageError with the nearest key, or telling where a path is wrong.
    """
    if key.startswith("$"):
        return bare(key)
    if key in DIALECTS:
        return DIALECTS[key]
    own = {f"{PREFIX}{paths.name}": paths for paths in saved}
    if key in own:
        return PathDialect(own[key])
    raise unknown(phrase("There is no dialect '{key}'.", key=key), key, (*DIALECTS, *own))
