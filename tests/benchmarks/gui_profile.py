"""Profiles for the benchmarks of the window: an empty one, and one in which a person has worked for long."""

import time
from pathlib import Path

from streamscope.model.draft import Body, Choice, Draft
from streamscope.store import library
from streamscope.store.bench import Bench, open_bench
from streamscope.store.past import Past

SERVICES, REQUESTS, PAST = 1_000, 3_000, 10_000
_FOLDERS = 30


def empty(profile: Path) -> None:
    """One workspace with one address."""
    _workspaces(profile, 1)


def full(profile: Path) -> None:
    """1,000 services, 3,000 saved requests in 30 folders, 10,000 exchanges in the history."""
    _workspaces(profile, SERVICES)
    bench = open_bench(profile)
    _collection(bench, profile / "collection")
    _history(bench)
    bench.close()


def draft(number: int) -> Draft:
    """A request like those that people keep."""
    body = f'{{"model": "m{number}", "messages": [{{"role": "user", "content": "{"word " * (number % 40)}"}}]}}'
    return Draft(
        auth=Choice("none"),
        channel=Choice("address", {"url": f"http://127.0.0.1:9/v1/{number}"}),
        protocol=Choice("sse" if number % 2 else "https"),
        method="POST",
        path=f"/chat/completions?number={number}",
        headers=(("X-Request", str(number)), ("Accept-Language", "en")),
        body=Body("json", text=body),
        name=f"Request {number}",
    )


def _workspaces(profile: Path, count: int) -> None:
    profile.mkdir(parents=True, exist_ok=True)
    urls = "\n".join(f"service-{number} http://127.0.0.1:9/v{number}" for number in range(count))
    (profile / "workspaces.toml").write_text(
        f"[workspaces.bench]\nplatform = 'address'\n[workspaces.bench.values]\nurls = '''\n{urls}\n'''\n"
    )
    (profile / "settings.toml").write_text("workspace = 'bench'\n")


def _collection(bench: Bench, folder: Path) -> None:
    for number in range(REQUESTS):
        inner = folder / f"folder {number % _FOLDERS}"
        inner.mkdir(parents=True, exist_ok=True)
        library.save(inner / f"request-{number}.yaml", draft(number))
    bench.collections.open(folder)


def _history(bench: Bench) -> None:
    """Rows whose recordings are empty folders: the list is what is read at the start, recordings are opened later."""
    folder, now = bench.recordings.folder, time.time()
    assert folder is not None
    rows = [
        Past(
            f"2026{number:08d}-bench",
            now - number * 60,
            "POST",
            f"http://127.0.0.1:9/v1/{number}",
            f"Request {number}",
            "bench",
            f"service-{number % SERVICES}",
            "none",
            "address",
            "sse",
            200,
            duration_ms=812.5,
            ttft_ms=91.0,
            bytes_in=4096,
            messages_in=40,
        )
        for number in range(PAST)
    ]
    for row in rows:
        (folder / row.recording).mkdir(parents=True)
    bench.history._list(rows)
