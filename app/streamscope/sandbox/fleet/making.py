"""How an instance is made: the package that its portion names, its program, and how it is found ready."""

from collections.abc import Callable
from dataclasses import dataclass

from streamscope.sandbox.fleet.commanded import Commanded
from streamscope.sandbox.fleet.delays import Delays
from streamscope.sandbox.fleet.inherited import Inherited
from streamscope.sandbox.fleet.instance import Instance, instance_name
from streamscope.sandbox.fleet.logs import Logs
from streamscope.sandbox.fleet.processes import Processes
from streamscope.sandbox.fleet.program import Program
from streamscope.sandbox.fleet.source import Command, Source
from streamscope.sandbox.fleet.troubled import Troubled
from streamscope.sandbox.packages import Package
from streamscope.sandbox.quirks import Quirks
from streamscope.sandbox.records import Health, Portion

OWN_HEALTH = "/health"
"""Where programs of the sandbox's own are asked: built-in models, and Python files that it serves."""
DEFAULT_HEALTH = Health()


@dataclass(frozen=True, slots=True)
class Ground:
    """What all services of a fleet stand on."""

    packages: Source
    command: Command
    delays: Delays
    logs: Logs
    processes: Processes
    fault: str
    quirks: Quirks
    changed: Callable[[str], None]
    """To be called with a service's id when its record or its instances changed."""


class DeployError(Exception):
    """A change of a service failed; its text says why."""


class Maker:
    """What makes one service's instances."""

    def __init__(self, service: str, ground: Ground, changed: Callable[[], None]) -> None:
        self._service = service
        self._ground = ground
        self._changed = changed

    def instance(self, portion: Portion, *, lazy: bool) -> Instance:
        """One more instance of a portion, not begun yet. Raises DeployError."""
        package = self._ground.packages.get(portion.package, portion.version)
        if package is None:
            raise DeployError(f"the package {portion.package} {portion.version} does not exist")
        name = instance_name(self._service, portion.id)
        program = self._program(package, portion, name, lazy=lazy)
        if not lazy and ("slow-start" in self._ground.quirks or "crash-on-start" in self._ground.quirks):
            program = Troubled(program, self._ground.quirks)
        asked = portion.health
        own = "" if package.kind == "command" else OWN_HEALTH
        checked = Health(
            path=asked.path or package.health or own,
            seconds=package.seconds if asked.seconds == DEFAULT_HEALTH.seconds else asked.seconds,
        )
        return Instance(name, portion, program, checked, self._ground.delays, self._changed)

    def _program(self, package: Package, portion: Portion, name: str, *, lazy: bool) -> Program:
        log = self._ground.logs.path(self._service, name)
        if package.kind == "built-in":
            return Inherited(
                package.name, log, fault=self._ground.fault, environment=portion.environment, lazy=lazy
            )  # fmt: skip
        return Commanded(
            lambda port: self._ground.command(package, port), log, self._ground.processes,
            environment=portion.environment, grace=portion.grace,
        )  # fmt: skip
