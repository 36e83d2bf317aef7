"""What the command line tells of a connection: in its events, and when a recording is looked at."""

from collections.abc import Callable
from pathlib import Path

from tests.certificates import Issued
from tests.program import Result
from tests.raw import Peer, Served

Bare = Callable[..., Result]
Serve = Callable[..., Served]


async def ok(peer: Peer) -> None:
    await peer.request()
    await peer.answer(b"fine")


def test_events_carry_it_and_inspect_prints_it(bare: Bare, serve: Serve, tmp_path: Path) -> None:
    issued = Issued.made(tmp_path, "infer.example", 12)
    served = serve(ok, tls=issued.context())
    place = f"infer.example:{served.port}"
    result = bare(
        "send", f"https://{place}/x", "--resolve", f"{place}:127.0.0.1", "--ca", str(issued.root), "--output", "events"
    )
    (tls,) = [one for one in result.events if one["kind"] == "trace" and (one["name"], one["phase"]) == ("tls", "end")]
    assert tls["detail"].startswith("TLSv1.3 TLS_"), "the short text stays what it was"
    assert (tls["facts"]["trust"], tls["facts"]["chain"]) == ("file", "verified")
    assert len(tls["certificates_base64"]) == 3
    saved = tmp_path / "saved.jsonl"
    saved.write_bytes(result.out)
    told = bare("inspect", str(saved)).text
    for words in (
        f"127.0.0.1 port {served.port}, IPv4",
        "infer.example is 127.0.0.1, as was chosen",
        "TLSv1.3",
        "the authority in the chosen file",
        "Certificate of the server: CN=infer.example",
        "It ends within 12 days",
        "Issued by: CN=Root",
    ):
        assert words in told, words
