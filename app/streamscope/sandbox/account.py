"""What every listener knows together: the identity, its tokens, locks, limits and counters."""

from collections import Counter
from dataclasses import dataclass, field

from streamscope.sandbox.access_lock import AccessLock
from streamscope.sandbox.catalogue import Service
from streamscope.sandbox.faults.spec import Spec
from streamscope.sandbox.identity import Identity
from streamscope.sandbox.limits import Limits
from streamscope.sandbox.tokens import Mint


@dataclass(frozen=True, slots=True)
class Account:
    """The sandbox's one account and what has happened to it; locks are each gateway's own."""

    identity: Identity
    mint: Mint
    limits: Limits
    services: dict[str, Service]
    calls_lock: AccessLock
    management_lock: AccessLock
    fault: Spec = field(default_factory=Spec)
    counts: Counter[str] = field(default_factory=Counter)
