"""The opened stores that a face is given."""

from dataclasses import dataclass
from pathlib import Path

from streamscope.model.phrase import Phrase, phrase
from streamscope.store import files
from streamscope.store.credentials import Credentials
from streamscope.store.dialects import SavedDialects
from streamscope.store.environments import Environments
from streamscope.store.recordings import Recordings
from streamscope.store.secrets import Secrets
from streamscope.store.services import KnownServices
from streamscope.store.settings import Settings, recordings_folder
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
    notices: list[Phrase]

    def close(self) -> None:
        """Nothing is left open between calls; what is written is written at once."""


def open_bench(profile: Path | None = None) -> Bench:
    """Open a profile, the user's own by default; one that cannot be written is read all the same."""
    folder = (profile or files.default_profile()).expanduser().absolute()
    writable = files.prepared(folder)
    notices: list[Phrase] = []
    if not writable:
        notices.append(phrase("The profile {folder} cannot be written: nothing will be kept.", folder=folder))
    secrets = Secrets()
    settings = Settings(folder / "settings.toml", notices)
    return Bench(
        folder,
        writable,
        settings,
        Workspaces(folder / "workspaces.toml", notices),
        secrets,
        Credentials(folder / "credentials.toml", secrets, notices),
        Recordings(recordings_folder(settings, folder) if writable else None),
        SavedDialects(folder / "dialects.toml", notices),
        Environments(folder / "environments", secrets),
        KnownServices(folder / "services", notices),
        notices,
    )
