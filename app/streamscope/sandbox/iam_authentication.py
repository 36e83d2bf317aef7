"""The gateway's check of an account's caller: a token or a signature with the account's access key.

Platform documentation, "API Gateway error codes": APIG on the way to services, APIGW before management.
"""

from dataclasses import dataclass

from streamscope.sandbox.access_lock import AccessLock
from streamscope.sandbox.account import Account
from streamscope.sandbox.inbound import Inbound
from streamscope.sandbox.refusals import RefusalError, gateway
from streamscope.sandbox.tokens import Grant, Problem
from streamscope.sandbox.verification import Claim, date_problem, mismatch, read_claim

CREDENTIALS = frozenset({"x-auth-token", "x-security-token"})


@dataclass(frozen=True, slots=True)
class IamAuthentication:
    """The check of one gateway, which has its own prefix of codes and its own lock."""

    account: Account
    prefix: str
    lock: AccessLock

    def check(self, inbound: Inbound, body: bytes) -> Grant | None:
        """The token's grant, or None for a caller who signed with a key of the project."""
        token = inbound.header("x-auth-token")
        if token is not None:
            return self._token(token)
        claim = read_claim(inbound)
        if claim is None:
            raise self._refusal("Unauthorized")
        self._signature(inbound, body, claim)
        return None

    def _token(self, token: str) -> Grant:
        found = self.account.mint.check(token)
        if found is Problem.EXPIRED:
            raise gateway(401, f"{self.prefix}.0307", "The token must be updated.")
        if isinstance(found, Problem):
            raise self._refusal("decrypt token fail")
        return found

    def _signature(self, inbound: Inbound, body: bytes, claim: Claim) -> None:
        if self.lock.locked(claim.access):
            raise self._refusal("AK access failed to reach the limit,forbidden")
        try:
            self._prove(inbound, body, claim)
        except RefusalError:
            self.lock.failed(claim.access)
            raise
        self.lock.succeeded(claim.access)

    def _prove(self, inbound: Inbound, body: bytes, claim: Claim) -> None:
        secret = self._secret(inbound, claim.access)
        if secret is None:
            raise self._refusal(f"Get secretKey failed,ak:{claim.access},err:ak not exist")
        late = date_problem(inbound)
        if late is not None:
            raise self._refusal(f"calc aksk signature fail:{late}")
        canonical = mismatch(inbound, body, claim, secret)
        if canonical is not None:
            raise self._refusal(f"verify aksk signature fail, canonicalRequest:{canonical}")

    def _secret(self, inbound: Inbound, access: str) -> str | None:
        """The key's secret; a temporary key has one with its security token only."""
        if access == self.account.identity.ak:
            return self.account.identity.sk
        grant = self.account.mint.check(inbound.header("x-security-token") or "", "temporary")
        if isinstance(grant, Problem) or grant.access != access:
            return None
        return self.account.mint.secret(access)

    def _refusal(self, text: str) -> RefusalError:
        return gateway(401, f"{self.prefix}.0301", f"Incorrect IAM authentication information: {text}")
