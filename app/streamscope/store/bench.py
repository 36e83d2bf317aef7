"""The opened stores that a face is given."""

from dataclasses import dataclass
from pathlib import Path

from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files
from streamscope.store.collections import Collections
from streamscope.store.credentials import Credentials
from streamscope.store.dialects import SavedDialects
from streamscope.store.drafts import Drafts
from streamscope.store.environments import Environments
from streamscope.store.history import History
from streamscope.store.recordings import Recordings
from streamscope.store.secrets import Secrets
from streamscope.store.services import KnownServices
from streamscope.store.settings import Settings, recordings_folder
from streamscope.store.trash import Trash
from streamscope.store.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that is kept; `notices` are things to tell the user about the profile."""

    profile: Path
    writable: bool
    settings: Settings
    workspaces: Workspaces
    secrets: Secrets
    credentials: Credentials
    recordings: Recordings
    dialects: SavedDialects
    environments: Environments
    services: KnownServices
    collections: Collections
    drafts: Drafts
    history: History
    notices: list[Phrase]

    def close(self) -> None:
        """Write the drafts that wait, let go of what is open."""
        self.drafts.end()
        self.history.close()


def open_bench(profile: Path | None = None) -> Bench:
    """Open a profile, the user's own by default; one that cannot be written is read all the same."""
    folder = (profile or files.default_profile()).expanduser().absolute()
    writable = files.prepared(folder)
    notices: list[Phrase] = []
    if not writable:
        notices.append(phrase("The profile {folder} cannot be written: nothing will be kept.", folder=folder))
    secrets = Secrets()
    settings = Settings(folder / "settings.toml", notices)
    trash = Trash(folder / "trash")
    recordings = Recordings(recordings_folder(settings, folder) if writable else None)
    index = folder / "history.sqlite" if writable else None
    return Bench(
        folder,
        writable,
        settings,
        Workspaces(folder / "workspaces.toml", notices),
        secrets,
        Credentials(folder / "credentials.toml", secrets, notices),
        recordings,
        SavedDialects(folder / "dialects.toml", notices),
        Environments(folder / "environments", secrets),
        KnownServices(folder / "services", notices),
        Collections(folder / "collections.toml", trash, notices),
        Drafts(folder / "drafts" if writable else None, notices),
        History(index, recordings.folder, trash, notices),
        notices,
    )
