"""A profile with everything in it: collections, an environment, credentials; a workspace that cannot be reached."""

from pathlib import Path

from streamscope.model.credential import Credential
from streamscope.model.draft import Body, Choice, Draft, Entry, Outgoing, Part, Unsent
from streamscope.model.environment import Environment, Variable
from streamscope.model.service import Workspace
from streamscope.store import library
from streamscope.store.bench import Bench

CHAT = """{
  "model": "{{model}}",
  "messages": [
    {"role": "system", "content": "You are {{unknown}} and answer in one sentence."},
    {"role": "user", "content": "Tell me about the harbour."}
  ],
  "stream": true,
  "temperature": 0.2,
  "max_tokens": 60
}"""
LONG = "A request whose name goes on and on, as names do that were made of what they are for " * 4
UNREACHABLE = Workspace(
    "Guiyang production",
    "modelarts",
    {
        "region": "cn-southwest-2",
        "project": "0605767d6f80d5762ff9c0179ddbea0e",
        "iam": "http://127.0.0.1:9",
        "management": "http://127.0.0.1:9",
    },
    credential="work account",
)
BY_HAND = Workspace("Laboratory", "address", {"urls": "llama http://127.0.0.1:9/v1\nwhisper http://127.0.0.1:9/asr"})


def fill(bench: Bench, folder: Path) -> None:
    """Put everything into a profile; collections lie below the folder."""
    credentials = bench.credentials
    credentials.save(Credential("work account", "token", {"user": "harbour", "domain": "works"}), {"password": "x"})
    credentials.save(Credential("signing key", "aksk", {"access_key": "HPUAINVENTED0000"}), {"secret_key": "x"})
    credentials.save(Credential("推理服务 API Key", "api_key"), {"api_key": "x"})
    bench.environments.save(
        Environment(
            "Staging",
            (
                Variable("model", "chat"),
                Variable("region", "cn-north-4"),
                Variable("api_key", "", secret=True),
                Variable("base", "https://infer.{{region}}.example.com"),
                Variable("old", "not used now", on=False),
            ),
        )
    )
    bench.environments.save(Environment("Production 生产", (Variable("model", "chat-large"),)))
    requests(bench, folder)


def requests(bench: Bench, folder: Path) -> None:
    """A collection as a person has one, and one with names that are hard to show."""
    works = bench.collections.create(folder, "Harbour")
    chat = Draft(
        auth=Choice("token"),
        channel=Choice("public"),
        protocol=Choice("sse"),
        workspace="sandbox",
        service="chat",
        method="POST",
        path="/v1/chat/completions",
        body=Body("json", CHAT),
    )
    for place, draft in {
        "Chat/Short note.yaml": chat,
        "Chat/Long answer.yaml": chat,
        "Chat/工具调用.yaml": chat,
        "Speech/Transcribe.yaml": every_setting(),
        "Models.yaml": Draft(method="GET", path="/v1/models", channel=Choice("public")),
        "Delete a session.yaml": Draft(method="DELETE", path="/v1/sessions/{{id}}", channel=Choice("public")),
        f"{LONG[:180]}.yaml": chat,
    }.items():
        path = works / place
        path.parent.mkdir(exist_ok=True)
        library.save(path, draft)
    (works / "Merged by hand.yaml").write_text("<<<<<<< ours\nmethod: GET\n=======\nmethod: POST\n>>>>>>> theirs\n")
    bench.collections.create(folder, "Empty one")


def every_setting() -> Draft:
    """A request that uses every sheet."""
    return Draft(
        channel=Choice("address", {"url": "https://infer.{{region}}.example.com/v1"}),
        protocol=Choice("sse"),
        method="POST",
        path="/chat/completions?api-version=2026-01-01&trace={{unknown}}&empty=",
        headers=(("X-Request-Id", "0b5f7ad2"), ("Accept-Language", "zh-CN, en;q=0.8"), ("X-Team", "{{model}}")),
        unsent=(Unsent("header", 1, "X-Debug", "1"), Unsent("query", 1, "verbose", "true")),
        body=Body("json", CHAT),
        note="Asks for one sentence about the harbour.",
        redirects=5,
        cookies=True,
        insecure=True,
    )


FORM = Body(
    "form",
    entries=(
        Entry("grant_type", "client_credentials"),
        Entry("scope", "services:read services:call"),
        Entry("audience", "https://infer.{{region}}.example.com", on=False),
    ),
)
PARTS = Body(
    "multipart",
    parts=(
        Part("model", "whisper"),
        Part("file", file="/home/someone/recordings/2026-01-31 harbour at nine.wav", content_type="audio/wav"),
        Part("prompt", "潮水在九点回来。", on=False),
    ),
)
MESSAGES = (
    Outgoing('{"type": "start", "sample_rate": 16000}', name="Start"),
    Outgoing("RIFF", binary=True, content=b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00" * 8, name="First second"),
    Outgoing('{"type": "ask", "text": "What time is high water? 几点涨潮？"}', by_hand=True),
    Outgoing('{"type": "stop"}', name="Stop", by_hand=True),
)
