"""Events of a deployment mean a cause and a remedy; how soon is looked again follows what is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamscope.engine.progressing import Tempo
from streamscope.engine.troubles import ROWS, current, known, trouble
from streamscope.model.errors import ConnectError, PlatformRefusal, UsageError
from streamscope.model.phrase import NOTHING, phrase
from streamscope.model.service import Happening, Service

FAILED = Service("1", "one", status="failed", state="failed")
SAID = {
    "Pull image failed, the image does not exist": "image",
    "Failed to pull image \"swr.x/y:1\": rpc error: manifest unknown: not found": "image",
    "ImagePullBackOff": "image",
    "denied: you may not pull from this repository": "may not pull",
    "building image for model [chat 0.0.1] failed": "image",
    "FailedScheduling: 0/4 nodes are available: 4 Insufficient cpu.": "resources",
    "schedule resource failed": "resources",
    "the quota of services is exceeded": "quota",
    "ModelArts.3520: the number is over the limit": "quota",
    "Readiness probe failed: HTTP probe failed with statuscode: 503": "health",
    "Health check failed": "health",
    "the health check did not succeed: connection refused": "health|port",
    "dial tcp 10.0.0.1:8080: connection refused": "port",
    "Backend service ssl handshake error, please check the service is https.": "protocol",
    "the process exited with code 1": "ended by itself",
    "CrashLoopBackOff: back-off restarting failed container": "ended by itself",
    "Container was OOMKilled": "memory",
    "Deployment timed out": "time",
    "the service is not ready in time": "time|health",
    "The account is in arrears": "owes",
    "Model start failed: the health check of the container did not pass within 2 seconds": "health",
    "update service failed: the package web 0.0.3 does not exist": "not there any more",
    "The model does not stay running: the program was killed by signal 9": "ended by itself",
    "the deployment was interrupted": "broken off",
}  # fmt: skip


@pytest.mark.parametrize(("text", "word"), SAID.items())
def test_what_platforms_say_has_a_cause_and_a_remedy(text: str, word: str) -> None:
    found = trouble(FAILED, [Happening(1.0, text, "error")])
    assert found is not None
    assert any(one in str(found.cause) for one in word.split("|")), str(found.cause)
    assert str(found.remedy)


def test_a_programs_last_words_say_more_than_that_it_ended() -> None:
    def said(*lines: str) -> str:
        return str(trouble(FAILED, [Happening(1.0, "\n".join(lines), "error")]).cause)  # type: ignore[union-attr]

    ended = "the program ended with exit code 1"
    assert said(ended, "OSError: [Errno 98] Address already in use").startswith("The port")
    assert "module" in said(ended, "ModuleNotFoundError: No module named 'torch'")
    assert said(ended, "quota of patience is used up") == said(ended), "a log is no event"
    assert "image" in said("pull image failed", "ModuleNotFoundError")


def test_only_what_happened_since_the_last_beginning_counts() -> None:
    told = [
        Happening(4.0, "schedule resource failed", "error"),
        Happening(3.0, "start to deploy service"),
        Happening(2.0, "pull image failed", "error"),
        Happening(1.0, "start to deploy service"),
    ]
    assert [one.at for one in current(told)] == [3.0, 4.0]
    assert "resources" in str(trouble(FAILED, told).cause)  # type: ignore[union-attr]
    changing = Service("1", "one", status="deploying", state="changing")
    assert trouble(changing, told[1:]) is None
    assert trouble(Service("1", "one", state="running"), told) is None


def test_what_is_not_known_is_told_as_the_platform_says_it() -> None:
    found = trouble(FAILED, [Happening(1.0, "the moon is full", "error")])
    assert "the moon is full" in str(found.cause)  # type: ignore[union-attr]
    noted = trouble(Service("1", "one", state="failed", note="quota exceeded"), [])
    assert "quota" in str(noted.cause)  # type: ignore[union-attr]
    assert trouble(FAILED, []) is not None
    frozen = Service("1", "one", state="stopped", note="Frozen, since bills are open: pay them.")
    assert "owes" in str(trouble(frozen, []).cause)  # type: ignore[union-attr]
    police = Service("1", "one", state="stopped", note="Frozen by the authorities: ask the platform's support.")
    assert "owes" not in str(trouble(police, []).cause)  # type: ignore[union-attr]
    assert trouble(Service("1", "one", state="concerning"), []) is None
    assert trouble(Service("1", "one", state="changing"), [Happening(1.0, "the moon is full", "error")]) is None


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    found = trouble(FAILED, [Happening(1.0, text, "warning")])
    assert found is not None and str(found.cause) and str(found.remedy)


def test_every_row_says_what_to_do() -> None:
    assert all(cause is not NOTHING and remedy is not NOTHING for _, cause, remedy, _ in ROWS)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 30)), max_size=40), st.floats(0.01, 10))
def test_no_look_is_too_soon_or_too_late(looks: list[tuple[bool, float]], every: float) -> None:
    tempo = Tempo(every)
    for news, took in looks:
        waited = tempo.after(news=news, took=took)
        assert every / 4 <= waited <= max(every * 8, min(took * 3, 60)) or waited == 60


def test_where_nothing_happens_it_is_asked_ever_more_seldom() -> None:
    tempo = Tempo(1.0)
    waits = [tempo.after(news=number == 0) for number in range(12)]
    assert waits[0] == 0.25 and waits == sorted(waits) and waits[-1] == 8.0
    assert tempo.after(news=True) == 0.25


def test_what_will_not_get_better_is_not_asked_again() -> None:
    tempo, told = Tempo(1.0), phrase("no")
    throttle = PlatformRefusal(told, status=429, retry_after=7.0)
    assert [tempo.after_failure(throttle) for _ in range(9)][-1] == 60.0
    assert not tempo.hopeless(throttle), "it opens again"
    assert tempo.hopeless(PlatformRefusal(told, status=503)) and tempo.hopeless(ConnectError(told))
    tempo.after(news=False)
    assert not tempo.hopeless(PlatformRefusal(told, status=503)) and not tempo.hopeless(ConnectError(told))
    assert tempo.hopeless(PlatformRefusal(told, status=403)) and tempo.hopeless(UsageError(told))
    assert tempo.after_failure(throttle) == 7.0


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (
            "[Errno 2] No such file or directory: '/home/me/serve.sh'",
            "The program or a file that it needs is not there.",
        ),
        ("the package mine 0.0.1 does not exist", "What was to be deployed is not there any more."),
        ("the program ended with exit code 1", "The program ended by itself."),
    ],
)
def test_what_never_ran_did_not_end_by_itself(said: str, cause: str) -> None:
    found = known(f"Model start failed: {said}")
    assert found is not None
    assert str(found.cause) == cause
