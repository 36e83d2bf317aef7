"""What every listener knows together: the identity, its tokens, locks, limits and counters."""

from collections import Counter
from dataclasses import dataclass, field

from streamscope.sandbox.access_lock import AccessLock
from streamscope.sandbox.api_keys import ApiKeys
from streamscope.sandbox.applications import Applications
from streamscope.sandbox.faults.spec import Spec
from streamscope.sandbox.fleet import Fleet
from streamscope.sandbox.identity import Identity
from streamscope.sandbox.limits import Limits
from streamscope.sandbox.packages import Packages
from streamscope.sandbox.quirks import Quirks
from streamscope.sandbox.tokens import Mint


@dataclass(frozen=True, slots=True)
class Account:
    """The sandbox's one account and what has happened to it; locks are each gateway's own."""

    identity: Identity
    mint: Mint
    limits: Limits
    fleet: Fleet
    packages: Packages
    keys: ApiKeys
    applications: Applications
    calls_lock: AccessLock
    management_lock: AccessLock
    fault: Spec = field(default_factory=Spec)
    quirks: Quirks = field(default_factory=Quirks)
    mfa: bool = False
    """Whether the user has an MFA device, whose code is wanted at each sign-in."""
    counts: Counter[str] = field(default_factory=Counter)
