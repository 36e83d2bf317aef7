"""`streamscope apps`: applications are made and let in; secrets are shown only where that is asked for."""

from collections.abc import Callable

from tests.program import Result, Sandbox
from tests.store.test_secrets import Ring

Here = Callable[..., Result]


def test_an_application_lives(own: Sandbox, here: Here, memory_ring: Ring) -> None:
    profile = own.profile
    made = here(profile, "apps", "create", "desk", "--credential", "desk", "--output", "json")
    secret = memory_ring.kept["streamscope", "credential/desk/app_secret"]
    assert secret not in made.text + made.err and made.json["code_count"] == 0
    assert here(profile, "apps", "show", "desk", "--print", "--output", "json").json["secret"] == secret
    code = here(profile, "apps", "add-code", "desk", "--credential", "code")
    value = memory_ring.kept["streamscope", "credential/code/app_code"]
    assert value not in code.text + code.err
    here(profile, "apps", "authorise", "chat", "desk")
    assert "desk" in here(profile, "apps", "list", "--service", "chat").text
    call = ("send", "--service", "chat", "--path", "/v1/models", "--method", "GET", "--credential")
    here(profile, *call, "code")
    here(profile, *call, "desk")
    here(profile, "apps", "reset-code", "desk", "--credential", "code", "--yes")
    fresh = memory_ring.kept["streamscope", "credential/code/app_code"]
    assert fresh != value
    here(profile, "apps", "reset-secret", "desk", "--yes")
    here(profile, *call, "desk", code=1)
    here(profile, *call, "code")
    here(profile, "apps", "revoke", "chat", "desk")
    here(profile, *call, "code", code=1)
    here(profile, "apps", "delete-code", "desk", "1", "--yes")
    here(profile, "apps", "delete", "desk", "--yes")
    assert "desk" not in here(profile, "apps", "list").text


def test_what_makes_no_sense_is_refused(own: Sandbox, here: Here) -> None:
    name = "app_sandbox"
    assert "'chat'" in here(own.profile, "apps", "authorise", "chatt", name, code=2).err
    assert name in here(own.profile, "apps", "show", f"{name}x", code=2).err
    assert "--yes" in here(own.profile, "apps", "delete", name, code=2).err
    assert "1 App codes" in here(own.profile, "apps", "reset-code", name, "9", "--yes", code=2).err
    assert "no keyring" in here(own.profile, "apps", "create", "x", "--credential", "x", code=3).err
    assert "--credential" in here(own.profile, "apps", "create", "--help").text
