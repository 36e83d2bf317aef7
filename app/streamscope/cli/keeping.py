"""What a platform makes and tells once, such as an API key, kept in the keyring under the name of a credential."""

from collections.abc import Mapping

from streamscope.cli.asked import note
from streamscope.engine.core import Core
from streamscope.engine.credentials import parted
from streamscope.kinds.catalog import AUTH
from streamscope.model.credential import Credential
from streamscope.model.errors import CredentialError, UsageError
from streamscope.model.phrase import phrase
from streamscope.tasks import aside

_TRIAL = "credential//trial"


async def check(core: Core, name: str, auth: str, *, printed: bool, fresh: bool = True) -> bool:
    """Whether a secret will be kept as the credential of this name; asked before the platform makes it.

    Raises UsageError where the name is taken (`fresh`) or is another kind's, CredentialError where the keyring does not
    take it and it is not to be printed either.
    """
    known = core.bench.credentials.find(name)
    if known is not None and (fresh or known.auth != auth):
        raise UsageError(
            phrase("There is a credential '{name}' already.", name=name),
            phrase("Choose another name with --credential NAME."),
        )
    kept = await aside(core.bench.secrets.keep, _TRIAL, "trial")
    if kept.lasting:
        await aside(core.bench.secrets.remove, _TRIAL)
        return True
    if printed:
        note(phrase("It is not kept, only printed. {why}", why=kept.why))
        return False
    raise CredentialError(
        phrase("There is nowhere to keep it beyond this command. {why}", why=kept.why),
        phrase("Give --print to have it printed instead. Nothing was asked of the platform."),
    )


async def keep(core: Core, name: str, auth: str, values: Mapping[str, str]) -> None:
    """Keep values as a credential. Raises CredentialError where the keyring refuses now."""
    plain, secret = parted(AUTH[auth].fields, values)
    known = core.bench.credentials.find(name) or Credential(name, auth)
    made = Credential(name, auth, {**known.values, **plain}, known.secrets, known.created, used=known.used)
    kept = await aside(core.bench.credentials.save, made, secret)
    lost = next((one.why for one in kept.values() if not one.lasting), None)
    if lost is not None:
        raise CredentialError(phrase("The keyring did not keep '{name}'. {why}", name=name, why=lost))
    note(phrase("Kept as the credential '{name}'.", name=name))
