"""What of the open requests is kept: as typed in the profile, and in files of collections when they are saved."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from streamscope.gui.drafts import DraftTabs, OpenDraft
from streamscope.gui.library.saving import ConflictView
from streamscope.gui.messages import MessagesView
from streamscope.model.draft import Draft
from streamscope.model.errors import StoreError
from streamscope.model.phrase import phrase
from streamscope.store import library

if TYPE_CHECKING:
    from streamscope.gui.desk import Desk
    from streamscope.store.drafts import Kept

UNTOUCHED = "untouched"
"""What is remembered of a request that nobody did anything with: the next service may take its place."""

Start = Callable[[Coroutine[Any, Any, None], str], object]


class Keeping(QObject):
    """Between the tabs of one window and the stores; `window` is the name of its place among the kept drafts.

    `saved` tells a request that has been written; `name_wanted` one that has no file yet.
    """

    saved = Signal(object)
    name_wanted = Signal(object)

    def __init__(
        self, desk: "Desk", tabs: DraftTabs, messages: MessagesView, start: Start, window: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tabs = tabs
        self._messages = messages
        self._start = start
        self._window = window
        self._restoring = False
        tabs.changed.connect(self._changed)
        tabs.turned.connect(lambda _: self._arrange())
        tabs.closed.connect(self._closed)

    def restore(self, kept: "list[Kept]") -> bool:
        """Open what was open when the program ended, however it ended; False where there was nothing."""
        mine = [one for one in kept if one.window == self._window]
        active = self._desk.bench.drafts.layout(self._window).active
        self._restoring = True
        with self._tabs.bar.filling():
            for one in mine:
                path = Path(one.path) if one.path else None
                known = one.draft if one.state == UNTOUCHED else Draft()
                self._tabs.open_draft(one.draft, path=path, stamp=one.base, kept=known, key=one.key, front=False)
        self._restoring = False
        front = next((request for request in self._tabs.requests if request.key == active), None)
        if front is not None:
            self._tabs.show_request(front)
        self._start(self._compare([request for request in self._tabs.requests if request.path]), "look at saved files")
        self._start(self._remember_closed(), "look for closed requests")
        return bool(mine)

    def save(self, request: OpenDraft) -> None:
        """Write a request into its file, or ask for one."""
        if request is self._tabs.current():
            self._tabs.read()
        if request.path is None:
            self.name_wanted.emit(request)
        else:
            self._start(self._saved(request, request.path, request.stamp), "save a request")

    def save_to(self, request: OpenDraft, path: Path) -> None:
        """Write a request into a new file."""
        self._start(self._saved(request, path, ""), "save a request")

    def open_file(self, path: Path) -> None:
        """Open a saved request, or bring it to the front."""
        if (known := self._tabs.of_file(path)) is not None:
            self._tabs.show_request(known)
        else:
            self._start(self._opened(path), f"open {path.name}")

    def altered(self, paths: object) -> None:
        """Files changed outside: an unchanged request follows, a changed one keeps its own and is asked at saving."""
        for path in paths if isinstance(paths, set | frozenset | list | tuple) else ():
            request = self._tabs.of_file(path)
            if request is not None:
                self._start(self._follow(request), f"look at {path.name}")

    def moved(self, old: Path, new: Path) -> None:
        """A file or a folder has another place: its requests go along."""
        for request in self._tabs.requests:
            if request.path is not None and (request.path == old or old in request.path.parents):
                self._tabs.rebase(request, request.kept, path=new / request.path.relative_to(old), stamp=request.stamp)

    def close_all(self) -> None:
        """Close every request of the window."""
        self._restoring = True
        for request in self._tabs.requests:
            self._closed(request)
        self._restoring = False
        self._desk.bench.drafts.arrange([], window=self._window)
        self._desk.bench.drafts.arrange_answers([], window=self._window)

    def _changed(self, request: OpenDraft) -> None:
        if self._restoring:
            return
        self._desk.bench.drafts.keep(
            request.key,
            request.draft,
            path=str(request.path or ""),
            base=request.stamp,
            window=self._window,
            state=UNTOUCHED if request.untouched else "",
            secret=self._desk.secret_fields,
        )
        self._arrange()

    def _arrange(self) -> None:
        if self._restoring:
            return
        front = self._tabs.current()
        keys = [request.key for request in self._tabs.requests]
        self._desk.bench.drafts.arrange(keys, front.key if front is not None else "", window=self._window)

    def _closed(self, request: OpenDraft) -> None:
        async def close() -> None:
            await asyncio.to_thread(self._desk.bench.drafts.close, request.key)

        self._start(close(), "close a request")
        self._arrange()

    async def _remember_closed(self) -> None:
        closed = await asyncio.to_thread(self._desk.bench.drafts.closed)
        gone = [
            OpenDraft(one.draft, Draft(), Path(one.path) if one.path else None, one.base) for one in reversed(closed)
        ]
        self._tabs.remember_closed(gone)

    async def _compare(self, requests: list[OpenDraft]) -> None:
        """What the files hold, to tell which restored requests were saved."""
        for request in requests:
            with suppress(StoreError):
                assert request.path is not None  # noqa: S101 - asked for those with a file
                loaded = await asyncio.to_thread(library.opened, request.path)
                if loaded.stamp == request.stamp:
                    self._tabs.rebase(request, loaded.draft)

    async def _opened(self, path: Path) -> None:
        loaded = await asyncio.to_thread(library.opened, path)
        for notice in loaded.notices:
            self._messages.tell("info", notice)
        self._tabs.open_draft(loaded.draft, path=path, stamp=loaded.stamp)

    async def _follow(self, request: OpenDraft) -> None:
        if request is self._tabs.current():
            self._tabs.read()
        if request.path is None:
            return
        try:
            loaded = await asyncio.to_thread(library.opened, request.path)
        except StoreError as error:
            self._messages.tell("warning", error.message, error.hint, cause=error.cause)
            return
        if loaded.stamp == request.stamp:
            return
        if request.dirty:
            self._messages.tell(
                "warning",
                phrase("{file} was changed outside, and here, too.", file=request.path.name),
                phrase("Yours stays open. When it is saved, you are asked which one to keep."),
            )
        else:
            self._tabs.replace(request, loaded.draft, request.service)
            self._tabs.rebase(request, loaded.draft, path=request.path, stamp=loaded.stamp)

    async def _saved(self, request: OpenDraft, path: Path, base: str) -> None:
        draft = request.draft
        done = await asyncio.to_thread(library.save, path, draft, base=base, secret=self._desk.secret_fields)
        if isinstance(done, library.Conflict):
            self._ask(request, done)
        else:
            self._take(request, draft, done)

    def _take(self, request: OpenDraft, draft: Draft, done: library.Saved) -> None:
        self._tabs.rebase(request, draft, path=done.path, stamp=done.stamp)
        for dropped in done.dropped:
            self._messages.tell("info", dropped)
        self.saved.emit(request)

    def _ask(self, request: OpenDraft, conflict: library.Conflict) -> None:
        """Both sides changed: a card with the ways on; until one is chosen both stay as they are."""
        card = ConflictView(conflict)
        card.mine.connect(lambda: self._start(self._saved(request, conflict.path, conflict.stamp), "keep mine"))
        card.both.connect(lambda: self._start(self._beside(request, conflict.path), "keep both"))
        if conflict.theirs is not None:
            card.theirs.connect(partial(self._take_theirs, request, conflict.theirs))
        self._messages.show_message(card)

    def _take_theirs(self, request: OpenDraft, theirs: library.Loaded) -> None:
        self._tabs.replace(request, theirs.draft, request.service)
        self._tabs.rebase(request, theirs.draft, path=theirs.path, stamp=theirs.stamp)

    async def _beside(self, request: OpenDraft, path: Path) -> None:
        draft = request.draft
        done = await asyncio.to_thread(library.save_beside, path, draft, secret=self._desk.secret_fields)
        if isinstance(done, library.Saved):
            self._take(request, draft, done)
        else:
            self._ask(request, done)
