"""What all operations of the new generation share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from streamscope.sandbox.account import Account
from streamscope.sandbox.api_keys import ApiKeys
from streamscope.sandbox.fleet import Fleet, WrongStateError
from streamscope.sandbox.management_v2 import answers
from streamscope.sandbox.operations import Inquiry
from streamscope.sandbox.packages import Packages
from streamscope.sandbox.records import Portion, Record
from streamscope.sandbox.refusals import RefusalError, dispatcher

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The account, what is deployed and can be, its keys; `urls` gives a service's addresses by channel."""

    account: Account
    fleet: Fleet
    packages: Packages
    keys: ApiKeys
    urls: Callable[[Record], Mapping[str, str]]

    @property
    def connecting(self) -> float:
        """Milliseconds that it takes to connect a network to a service."""
        return self.fleet.delays.connecting * 1000

    @property
    def user(self) -> str:
        """The name of the account's one user."""
        return self.account.identity.user

    def service(self, inquiry: Inquiry) -> Record:
        """The service that a path names first."""
        return self.one(inquiry.names[0])

    def one(self, number: str) -> Record:
        """A service by its id."""
        record = self.fleet.get(number)
        if record is None or record.generation != "v2":
            raise dispatcher(404, "ModelArts.3502", f"The service {number} does not exist.")
        return record

    def deployment(self, inquiry: Inquiry) -> tuple[Record, Portion]:
        """The service and the deployment that a path names: by the deployment's id or name."""
        record = self.service(inquiry)
        wanted = inquiry.names[1]
        for portion in answers.deployments(record):
            if wanted in (portion.id, portion.name):
                return record, portion
        raise dispatcher(404, "ModelArts.3502", f"The deployment {wanted} does not exist.")


@contextmanager
def allowed() -> Iterator[None]:
    """Tell in the generation's words what a service's status does not allow."""
    try:
        yield
    except WrongStateError as error:
        raise wrong_state(str(error)) from error


def wrong_state(text: str) -> RefusalError:
    """The refusal of what a status does not allow; platform documentation, "Error codes", ModelArts.3519."""
    return dispatcher(400, "ModelArts.3519", f"Invalid status. {text}.")
