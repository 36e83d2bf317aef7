"""Where the empty fields of an authentication's form get their values from, in words."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from streamscope.gui import defaults
from streamscope.tasks import aside

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk


@dataclass(frozen=True, slots=True)
class Hints:
    """Words by field, a sentence beneath, and whether it makes sense to keep a value here."""

    words: dict[str, str] = field(default_factory=dict)
    note: str = ""
    keepable: bool = True


async def hints(desk: "Desk", workspace: str, auth: str) -> Hints:
    """What is known of an authentication's values in a workspace. A keyring may block: it is asked in a thread."""
    translate = QCoreApplication.translate
    fields = desk.shelves.auth[auth].fields if auth in desk.shelves.auth else ()
    if not fields:
        return Hints()
    known = desk.bench.workspaces.find(workspace)
    if known is not None and defaults.fills_secrets(known):
        words = translate("Hints", "filled in by the sandbox")
        note = translate("Hints", "The sandbox knows its own secrets; what is typed here is sent instead.")
        return Hints({field.key: words for field in fields if field.required}, note, keepable=False)

    def look() -> list[str]:
        secret = [field.key for field in fields if field.kind == "secret"]
        return [key for key in secret if desk.bench.secrets.get(workspace, auth, key)]

    return Hints(dict.fromkeys(await aside(look), translate("Hints", "kept in the keyring")))
