"""What went wrong with a deployment, told from the platform's events: cause and remedy, from a table of data.

Sources: ModelArts troubleshooting of real-time services (image pull, health check, port and protocol, resources,
quotas, arrears) and the words that Kubernetes has for the same. A row is (pattern, cause, remedy, what to do about
it); the first row that fits the newest event that tells of trouble counts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from streamscope.model.deployment import Action
from streamscope.model.phrase import Phrase, phrase
from streamscope.model.service import Happening, Service


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a service is not well, what to do, and the action that does it where there is one."""

    cause: Phrase
    remedy: Phrase
    action: Action | Literal[""] = ""


_ENDED = phrase("The program ended by itself.")
Row = tuple[str, Phrase, Phrase, Action | Literal[""]]

ROWS: tuple[Row, ...] = (
    (
        r"arrear|in debt|balance|bills are open",
        phrase("The account owes money: its services are frozen."),
        phrase("Top the account up; frozen services start again by hand."),
        "start",
    ),
    (
        r"frozen",
        phrase("The service is frozen."),
        phrase("Ask the platform's support why, and how it is released."),
        "",
    ),
    (
        r"quota|352[0-2]",
        phrase("A quota is used up."),
        phrase("Delete or stop what is not needed, or have the quota raised."),
        "",
    ),
    (
        (
            r"FailedScheduling|insufficient|no (?:available )?(?:node|resource)|not enough|sold out|"
            r"schedul\w* (?:\w+ )?fail"
        ),
        phrase("There are no resources for it now."),
        phrase("Wait: this is often over in minutes. Otherwise choose a smaller specification or fewer instances."),
        "update",
    ),
    (
        r"(?:image|pull).*(?:unauthori[sz]ed|denied|forbidden)|(?:unauthori[sz]ed|denied|forbidden).*(?:image|pull)",
        phrase("The platform may not pull the image."),
        phrase("Let the platform's agency read the image's repository, or make it one of this account's own."),
        "update",
    ),
    (
        (
            r"ImagePull|ErrImage|pull\w*(?: \w+)* (?:image )?(?:fail|error)|(?:fail|error)\w*(?: \w+)* pull|"
            r"(?:image|manifest).*not (?:found|exist)|build(?:ing)? image.*fail|fail\w* to build"
        ),
        phrase("The image could not be made or pulled."),
        phrase("Check its name, its version and that it is in this region, then update or deploy again."),
        "update",
    ),
    (
        r"OOM|out of memory|exit(?:ed)?(?: with)?(?: code| status)? 137|memory limit",
        phrase("The program was ended since it used more memory than it was given."),
        phrase("Choose a bigger specification, or a smaller model."),
        "update",
    ),
    (
        r"\bssl|\btls|wrong.version|protocol (?:mismatch|differ)|https? (?:to|request) .*http",
        phrase("The program speaks another protocol than the deployment says."),
        phrase("Deploy with the protocol (HTTP, HTTPS, WS) that the program speaks."),
        "update",
    ),
    (
        (
            r"(?:readiness|liveness|startup|health)[\w ]*(?:fail|unhealthy|error|timed? ?out)|unhealthy|"
            r"not (?:become |get )?healthy|not ready (?:in|within|after)|health[\w ]*not (?:pass|succeed)"
        ),
        phrase("The program runs, but its health check does not succeed."),
        phrase("Check the health path and the port, and give the model more time to load."),
        "update",
    ),
    (
        r"connection refused|port .*(?:not|un)|not listen",
        phrase("Nothing listens on the port that the deployment names."),
        phrase("Let the program listen on 0.0.0.0 and the configured port, or change the port."),
        "update",
    ),
    (
        r"package .* does not exist|model .* does not exist",
        phrase("What was to be deployed is not there any more."),
        phrase("Choose another model or version."),
        "update",
    ),
    (
        (
            r"CrashLoop|back-?off restarting|crash|exited|exit code|terminated|signal \d|killed|not stay running|"
            r"start(?:ing)? model fail|fail\w* to start|model .*fail"
        ),
        _ENDED,
        phrase("Read its last words in the log, mend it, then update or start again."),
        "start",
    ),
    (
        r"timed?[ -]?out|deadline|too long|not .*in time",
        phrase("It was not ready within the deployment's time."),
        phrase("Give it more time (deploy timeout), or make the image smaller and the model load faster."),
        "update",
    ),
    (
        r"permission|not authori[sz]ed|agency|0108|0112",
        phrase("The platform lacks a permission for it."),
        phrase("Authorise ModelArts (its agency) in the account's settings."),
        "",
    ),
    (
        r"3534|security group",
        phrase("The security group does not let the platform in."),
        phrase("Let TCP port 8080 in from 0.0.0.0/0."),
        "update",
    ),
    (
        r"platform was restarted",
        phrase("The platform was restarted meanwhile."),
        phrase("Ask for it once more."),
        "update",
    ),
    (
        r"interrupt|cancel",
        phrase("It was broken off."),
        phrase("Start it again."),
        "start",
    ),
)
LAST_WORDS: tuple[Row, ...] = (
    (
        r"EADDRINUSE|address already in use",
        phrase("The port is taken by something else."),
        phrase("Let the program listen on the port that it is given ($PORT), and on no other."),
        "update",
    ),
    (
        r"No module named|ModuleNotFoundError|ImportError",
        phrase("The program ended since a Python module is missing."),
        phrase("Install it where the program runs, then start again."),
        "start",
    ),
    (
        r"command not found|No such file or directory|cannot execute|Exec format error",
        phrase("The program or a file that it needs is not there."),
        phrase("Check the command, its files and the folder that it starts in."),
        "update",
    ),
    (
        r"MemoryError|out of memory|Cannot allocate memory",
        phrase("The program ended since it found no memory."),
        phrase("Choose a bigger specification, or a smaller model."),
        "update",
    ),
    (
        r"Permission denied|PermissionError",
        phrase("The program ended since it may not read, write or run something."),
        phrase("Look at its last words in the log, and change the permissions."),
        "start",
    ),
)
"""What the last lines of a program that ended by itself say of it; what a log holds is no event of the platform."""
_UNKNOWN = phrase("Read the events and the log: the platform told nothing that is known here.")
_FROZEN = re.compile("frozen", re.IGNORECASE)
_BEGINNINGS = re.compile(
    r"start(?:ing)? to (?:deploy|start|update|upgrade)|begin(?:s|ning)? to|"
    r"(?:deploy|start|upgrad)\w* (?:service )?(?:begins|started)",
    re.IGNORECASE,
)
_PATTERNS, _WORDS = (
    tuple(
        (re.compile(pattern, re.IGNORECASE), Trouble(cause, remedy, action)) for pattern, cause, remedy, action in rows
    )
    for rows in (ROWS, LAST_WORDS)
)


def trouble(service: Service, happenings: Sequence[Happening]) -> Trouble | None:
    """Why a service failed, is concerning or does not get on; None where nothing tells of trouble.

    `happenings` with the newest first, as platforms tell them: the newest that says something counts, of those since
    the service was started or changed last.
    """
    told = [one for one in current(happenings) if one.severity != "info"]
    texts = [one.text for one in reversed(told)]
    if service.state in ("failed", "concerning") and service.note:
        texts.append(service.note)
    elif service.state not in ("failed", "concerning", "changing"):
        return known(service.note) if _FROZEN.search(service.note) else None
    for text in texts:
        if (found := known(text)) is not None:
            return found
    if service.state == "changing" or not (texts or service.state == "failed"):
        return None
    cause = phrase("The platform says: {text}", text=texts[0]) if texts else phrase("The deployment failed.")
    return Trouble(cause, _UNKNOWN)


def known(text: str) -> Trouble | None:
    """What a text of the platform means; its further lines are a program's own. None where it is not known here."""
    found = _first(_PATTERNS, text.partition("\n")[0])
    if found is None or found.cause is _ENDED:
        found = _first(_WORDS, text) or found
    return found


def _first(table: Iterable[tuple[re.Pattern[str], Trouble]], text: str) -> Trouble | None:
    return next((found for pattern, found in table if pattern.search(text)), None)


def current(happenings: Sequence[Happening]) -> list[Happening]:
    """Of happenings, the newest first, those since the service was started or changed last, the oldest first; all where
    no beginning is told."""
    ordered = chronological(happenings)
    for place in range(len(ordered) - 1, -1, -1):
        if _BEGINNINGS.search(ordered[place].text):
            return ordered[place:]
    return ordered


def begins(happenings: Iterable[Happening]) -> bool:
    """Whether a beginning is among them."""
    return any(_BEGINNINGS.search(one.text) for one in happenings)


def chronological(happenings: Sequence[Happening]) -> list[Happening]:
    """Happenings, the newest first, the other way round; those of one moment keep the platform's order, turned."""
    ordered = list(reversed(happenings))
    ordered.sort(key=lambda one: one.at)
    return ordered
