"""Services by hand: any URL is a service, a line of a workspace whose platform is a list of addresses.

The lines are text that a person may edit as well: everything here reads them and gives a workspace with others.
"""

from dataclasses import dataclass, replace

from streamscope.kinds.platforms.address import listed_line
from streamscope.model.errors import UsageError
from streamscope.model.phrase import phrase
from streamscope.model.service import Workspace
from streamscope.model.url import parse_url
from streamscope.store.workspaces import Workspaces

PLATFORM = "address"
WORKSPACE = "By hand"
"""The workspace that is made for the first one; any other of the same platform will do as well."""
_SCHEMES = ("http://", "https://", "ws://", "wss://")


@dataclass(frozen=True, slots=True)
class Entry:
    """A service by hand: its URL, and a name where one is wanted."""

    url: str
    name: str = ""

    @property
    def line(self) -> str:
        """As it stands in the workspace."""
        return f"{self.name} {self.url}" if self.name else self.url


def address(text: str) -> str:
    """The URL in what was pasted or typed, '' where it is none: it must say its scheme and have no blanks inside."""
    text = text.strip().strip("<>\"'")
    if not text.lower().startswith(_SCHEMES) or len(text.split()) != 1:
        return ""
    try:
        parse_url(text)
    except UsageError:
        return ""
    return text


def entry(url: str, name: str = "") -> Entry:
    """A checked entry. Raises UsageError where the URL cannot be called."""
    url = url.strip()
    parsed = parse_url(url)
    if " " in url or not url.isprintable():
        raise UsageError(phrase("'{text}' is not a URL that can be called.", text=url))
    whole = url if "://" in url else str(parsed)
    return Entry(whole, " ".join(name.split()))


def home(workspaces: Workspaces, name: str = "") -> Workspace:
    """The workspace that holds services by hand: the named one, else the first, else a new one. Raises UsageError."""
    if name:
        found = workspaces.get(name)
        if found.platform != PLATFORM:
            raise UsageError(
                phrase("The workspace '{name}' lists its services itself.", name=name),
                phrase("Add it to another workspace, or leave the workspace out."),
            )
        return found
    known = next((one for one in workspaces.all() if one.platform == PLATFORM), None)
    return known or Workspace(WORKSPACE, PLATFORM)


def entries(workspace: Workspace) -> list[Entry]:
    """The services of a workspace by hand, in order."""
    found = []
    for line in _lines(workspace):
        name, _, url = line.strip().rpartition(" ")
        found.append(Entry(url, name.strip()))
    return found


def added(workspace: Workspace, new: Entry) -> Workspace:
    """With one more at the end; one that is there already is not added twice."""
    lines = _lines(workspace)
    return workspace if new.line in lines else _with(workspace, [*lines, new.line])


def changed(workspace: Workspace, place: int, new: Entry) -> Workspace:
    """With another in the place of one."""
    lines = _lines(workspace)
    lines[place] = new.line
    return _with(workspace, lines)


def duplicated(workspace: Workspace, place: int) -> Workspace:
    """With a copy right behind one, under a name of its own."""
    lines = _lines(workspace)
    old = entries(workspace)[place]
    listed = listed_line(old.line)
    name = old.name or (listed.name if listed is not None else old.url)
    taken, number = {one.name for one in entries(workspace)}, 2
    while f"{name} {number}" in taken:
        number += 1
    return _with(workspace, [*lines[: place + 1], Entry(old.url, f"{name} {number}").line, *lines[place + 1 :]])


def removed(workspace: Workspace, place: int) -> Workspace:
    """Without one."""
    lines = _lines(workspace)
    del lines[place]
    return _with(workspace, lines)


def place_of(workspace: Workspace, service: str) -> int | None:
    """Which line is the service of an id, or of a name; None where none is."""
    found = entries(workspace)
    for number, one in enumerate(found):
        if service in (one.url, f"{one.url} {one.name}", one.name, one.line):
            same = [at for at, other in enumerate(found) if other.url == one.url]
            if service == one.url and len(same) > 1:
                return same[0]
            return number
    return None


def _lines(workspace: Workspace) -> list[str]:
    return [line.strip() for line in workspace.values.get("urls", "").splitlines() if line.strip()]


def _with(workspace: Workspace, lines: list[str]) -> Workspace:
    return replace(workspace, values={**workspace.values, "urls": "\n".join(lines)})
