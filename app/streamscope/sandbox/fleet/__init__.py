"""The services and their processes: what the management interfaces ask for is made true here."""

from streamscope.sandbox.fleet.fleet import Fleet
from streamscope.sandbox.fleet.instance import InstanceView
from streamscope.sandbox.fleet.routing import NoneReadyError, Passage
from streamscope.sandbox.fleet.states import WrongStateError

__all__ = ["Fleet", "InstanceView", "NoneReadyError", "Passage", "WrongStateError"]
