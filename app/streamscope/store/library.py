"""Saved drafts: one request is one YAML file that reads and merges well, changed only where the draft changed."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files
from streamscope.store.draft_tree import ORDER, draft_of, strangers, tree_of
from streamscope.store.names import free_path
from streamscope.store.secrecy import SecretFields, without_secrets
from streamscope.store.yaml_changes import Stubborn, changed
from streamscope.store.yaml_reading import Unreadable, read
from streamscope.store.yaml_writing import written

LARGEST = 32_000_000
"""Bytes of a saved draft; a larger body belongs in a file of its own."""
_BOM = "\ufeff"
_KNOWN = 128
_known: "OrderedDict[tuple[str, str], Draft]" = OrderedDict()
"""What was read or written last, by stamp and name: saving need not read what is known to be there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A draft as its file has it; `stamp` tells this content from any other, `notices` are about odd things in it."""

    path: Path
    draft: Draft
    stamp: str
    notices: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft was written (or was there already); `draft` is it as kept, `dropped` says which secrets were left out."""

    path: Path
    draft: Draft
    stamp: str
    dropped: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """The file is no longer what was loaded: nothing was written.

    `theirs` is what it holds now, None where it cannot be read (`trouble` says why) or is gone (`stamp` is ''). Saving
    with `base=stamp` keeps mine; `save_beside` keeps both.
    """

    path: Path
    theirs: Loaded | None
    stamp: str
    trouble: StoreError | None = None


def load(path: Path) -> Draft:
    """The draft in a file, ready to be sent: files that it names lie beside it. Raises StoreError."""
    return located(opened(path).draft, path.absolute().parent)


def opened(path: Path) -> Loaded:
    """The draft in a file as it stands there. Raises StoreError: what is wrong, where, and what to try."""
    content = _content(path)
    if content is None:
        raise StoreError(phrase("There is no file {path}.", path=path))
    return _loaded(path, content)


def save(path: Path, draft: Draft, *, base: str = "", secret: SecretFields = ()) -> Saved | Conflict:
    """Write a draft; of a file that is there, only the lines of what changed. Raises StoreError.

    `base` is the stamp of what was loaded or saved last, '' for a new file. Where the file holds anything else by now,
    nothing is written and the Conflict is given back.
    """
    kept, dropped = without_secrets(draft, secret)
    content = _content(path)
    stamp = stamp_of(content)
    if stamp != base:
        found = _conflict(path, content, stamp)
        if found.theirs is None or found.theirs.draft != kept:
            return found
    text, codec = ("", "\n") if content is None else _text(path, content)
    name = path.stem
    new = written(tree_of(kept, name))
    if content is not None and kept != (old := _draft(path, text, stamp)):
        new = _changed(text, old, kept, name, new)
    elif content is not None:
        new = text
    made = _encoded(new, codec)
    if len(made) > LARGEST:
        raise StoreError(
            phrase("The request has {size} MB; a saved one has {most} MB at most.",
                   size=len(made) // 1_000_000, most=LARGEST // 1_000_000),
            phrase("Keep the body in a file and choose it as the body."),
        )  # fmt: skip
    if made != content:
        files.write_shared(path, made)
    stamp = stamp_of(made)
    _remember(stamp, name, kept)
    return Saved(path, kept, stamp, tuple(dropped))


def changed_outside(path: Path, base: str) -> Conflict | None:
    """What the file of an open draft holds now, where that is no longer what `base` stands for. Raises StoreError.

    A draft without changes of its own takes `theirs`; one with changes shows the conflict.
    """
    content = _content(path)
    stamp = stamp_of(content)
    return _conflict(path, content, stamp) if stamp != base else None


def save_beside(path: Path, draft: Draft, *, secret: SecretFields = ()) -> Saved | Conflict:
    """Keep both: mine in a file beside the other one. Raises StoreError."""
    label = f"{path.stem} {phrase('(yours)')}"
    target = free_path(path.parent, label)
    return save(target, msgspec.structs.replace(draft, name=target.stem), secret=secret)


def located(draft: Draft, folder: Path) -> Draft:
    """The draft with its files found: relative paths start at the folder that the draft lies in."""

    def at(name: str) -> str:
        if not name or name.startswith("~") or "{{" in name or Path(name).is_absolute():
            return name
        return str(folder / name)

    body = draft.body
    parts = tuple(msgspec.structs.replace(part, file=at(part.file)) for part in body.parts)
    body = msgspec.structs.replace(body, file=at(body.file), parts=parts)
    return msgspec.structs.replace(draft, body=body, ca=at(draft.ca))


def stamp_of(content: bytes | None) -> str:
    """What tells one content from any other; '' for a file that is not there."""
    return "" if content is None else hashlib.blake2b(content, digest_size=16).hexdigest()


def _content(path: Path) -> bytes | None:
    """A file's bytes, None where there is none. Raises StoreError."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise _unreadable(
                path,
                phrase("it has {size} MB, a saved request has {most} at most",
                       size=size // 1_000_000, most=LARGEST // 1_000_000),
                phrase("Keep large bodies in files of their own."),
            )  # fmt: skip
        if not path.is_file():
            raise _unreadable(path, phrase("it is no file"), phrase("Choose a .yaml file."))
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreError(
            phrase("The file {path} cannot be read: {reason}.", path=path, reason=error.strerror or str(error)),
            phrase("Check its permissions and the folder it lies in."),
            cause=str(error),
        ) from error


def _loaded(path: Path, content: bytes) -> Loaded:
    stamp = stamp_of(content)
    text, _ = _text(path, content)
    try:
        tree = read(text).tree
        draft = draft_of(tree, path.stem)
    except Unreadable as error:
        raise _unreadable(path, error.why, error.hint) from error
    _remember(stamp, path.stem, draft)
    odd = strangers(tree)
    said = phrase("{path} has names that are not known here and are left as they are: {names}.",
                  path=path.name, names=", ".join(odd))  # fmt: skip
    return Loaded(path, draft, stamp, (said,) if odd else ())


def _text(path: Path, content: bytes) -> tuple[str, str]:
    """A file's text with plain line ends, and what writing gives back: a BOM and the line end. Raises StoreError."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(
            path,
            phrase("it is not UTF-8 text (byte {at})", at=error.start),
            phrase("Save it as UTF-8 in a text editor."),
        ) from error
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    if "\r\n" in text and text.count("\r\n") == text.count("\n") == text.count("\r"):
        return text.replace("\r\n", "\n"), mark + "\r\n"
    return text, mark + "\n"


def _encoded(text: str, codec: str) -> bytes:
    mark, end = ("", codec) if not codec.startswith(_BOM) else (_BOM, codec[1:])
    return (mark + (text if end == "\n" else text.replace("\n", end))).encode()


def _draft(path: Path, text: str, stamp: str) -> Draft:
    """What a file holds, without reading it where that is known."""
    known = _known.get((stamp, path.stem))
    if known is None:
        try:
            known = draft_of(read(text).tree, path.stem)
        except Unreadable as error:
            raise _unreadable(path, error.why, error.hint) from error
    return known


def _changed(text: str, old: Draft, new: Draft, name: str, whole: str) -> str:
    """The text with the changed lines changed; all of it anew only where that is not possible."""
    before = tree_of(old, name)
    if written(before) == text:  # nobody else wrote in it
        return whole
    found = read(text)
    after = tree_of(new, name)
    try:
        made = found.small.whole(changed(found.small.text, found.root, before, after, ORDER))
        if draft_of(read(made).tree, name) == new:
            return made
    except (Stubborn, Unreadable):
        pass
    return written(after | {key: found.tree[key] for key in strangers(found.tree)})


def _conflict(path: Path, content: bytes | None, stamp: str) -> Conflict:
    if content is None:
        return Conflict(path, None, stamp)
    try:
        return Conflict(path, _loaded(path, content), stamp)
    except StoreError as error:
        return Conflict(path, None, stamp, error)


def _remember(stamp: str, name: str, draft: Draft) -> None:
    """Keep it in mind, the older ones only while all of them are few and small."""
    _known.pop((stamp, name), None)
    _known[(stamp, name)] = draft
    sizes = [len(known.body.text) + len(known.body.content) for known in _known.values()]
    total = sum(sizes)
    for size in sizes[:-1]:
        if len(_known) <= _KNOWN and total <= LARGEST:
            break
        _known.popitem(last=False)
        total -= size


def _unreadable(path: Path, why: Phrase, hint: Phrase) -> StoreError:
    said = phrase("{path} is not a saved draft: {reason}.", path=path, reason=why)
    return StoreError(
        said,
        hint if str(hint) else phrase("A saved draft is a YAML file of names and values, as Streamscope writes it."),
        cause=str(why),
    )
