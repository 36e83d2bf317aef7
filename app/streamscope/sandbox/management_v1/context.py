"""What all operations of the old generation share."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from streamscope.sandbox.account import Account
from streamscope.sandbox.addresses import Addresses
from streamscope.sandbox.fleet import Fleet, WrongStateError
from streamscope.sandbox.operations import Inquiry
from streamscope.sandbox.packages import Package, Packages
from streamscope.sandbox.records import Portion, Record
from streamscope.sandbox.refusals import RefusalError, dispatcher

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The account with what is deployed, what can be, and where everything is."""

    account: Account
    addresses: Addresses

    @property
    def packages(self) -> Packages:
        """What can be deployed."""
        return self.account.packages

    @property
    def fleet(self) -> Fleet:
        """The services and their processes."""
        return self.account.fleet

    def service(self, inquiry: Inquiry) -> Record:
        """The service that a path names first."""
        return self.one(inquiry.names[0])

    def one(self, number: str) -> Record:
        """A service by its id."""
        record = self.fleet.get(number)
        if record is None or record.generation != "v1":
            raise dispatcher(404, "ModelArts.3502", f"The service {number} does not exist.")
        return record

    def model_id(self, name: str, version: str) -> str:
        """The id of a version of a model: that of its package, the same in every start."""
        return str(uuid.uuid5(uuid.UUID(self.account.identity.project_id), f"{name}:{version}"))

    def package(self, model: str) -> Package | None:
        """The package that a model's id names."""
        return next((one for one in self.packages.all() if self.model_id(one.name, one.version) == model), None)

    def model_of(self, portion: Portion) -> str:
        """The id of the model that a portion runs."""
        return self.model_id(portion.package, portion.version)


@contextmanager
def allowed() -> Iterator[None]:
    """Tell in the generation's words what a service's status does not allow."""
    try:
        yield
    except WrongStateError as error:
        raise wrong_state(error) from error


def wrong_state(error: WrongStateError) -> RefusalError:
    """The refusal of what a status does not allow; platform documentation, "Error codes", ModelArts.3519."""
    return dispatcher(400, "ModelArts.3519", f"Invalid service status. {error}.")
