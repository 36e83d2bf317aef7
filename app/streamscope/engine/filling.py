"""Every text of a draft that may hold {{variables}}: which are used, and the draft with all of them filled. Pure."""

from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

from msgspec.structs import replace

from streamscope.model.draft import Body, Choice, Draft, Outgoing
from streamscope.model.environment import Filling, Variables, holes
from streamscope.model.url import encoded

Change = Callable[[str], str]


def filled(draft: Draft, variables: Variables) -> Draft:
    """The draft without holes: all that leaves and where it goes. Messages by hand are filled when they are sent.

    Raises UsageError for a variable without a value.
    """
    return changed(draft, Filling(variables).text) if variables.strict else draft


def used(draft: Draft) -> set[str] | None:
    """The names of the variables that the draft's texts hold; None where no text has any braces to look into."""
    names: set[str] = set()
    braces = False

    def noted(text: str) -> str:
        nonlocal braces
        if "{{" in text:
            braces = True
            names.update(hole.name for hole in holes(text))
        return text

    changed(draft, noted)
    return names if braces else None


def masks(variables: Variables) -> Iterator[str]:
    """The secret values of variables in every form in which they may be written on a request."""
    for value in variables.secrets:
        yield from (value, encoded(value), quote(value, safe=""), quote_plus(value))


def changed(draft: Draft, change: Change) -> Draft:
    """The draft with each text changed that a hole may stand in; what is switched off stays as it is."""
    return replace(
        draft,
        auth=_choice(draft.auth, change),
        channel=_choice(draft.channel, change),
        protocol=_choice(draft.protocol, change),
        method=change(draft.method),
        path=change(draft.path),
        headers=tuple((change(name), change(value)) for name, value in draft.headers),
        body=_body(draft.body, change),
        messages=tuple(message if message.by_hand else _message(message, change) for message in draft.messages),
        ca=change(draft.ca),
        resolve=tuple(change(entry) for entry in draft.resolve),
        proxy=change(draft.proxy),
    )


def _choice(choice: Choice, change: Change) -> Choice:
    return replace(choice, values={key: change(value) for key, value in choice.values.items()})


def _message(message: Outgoing, change: Change) -> Outgoing:
    return message if message.content is not None else replace(message, text=change(message.text))


def _body(body: Body, change: Change) -> Body:
    """Only what this kind of body sends is looked at."""
    match body.kind:
        case "json" | "text":
            return replace(body, text=change(body.text))
        case "form":
            entries = (
                replace(entry, name=change(entry.name), value=change(entry.value)) if entry.on else entry
                for entry in body.entries
            )
            return replace(body, entries=tuple(entries))
        case "file":
            return replace(body, file=change(body.file))
        case "multipart":
            parts = (
                replace(part, name=change(part.name), value=change(part.value), file=change(part.file))
                if part.on
                else part
                for part in body.parts
            )
            return replace(body, parts=tuple(parts))
    return body
