"""How long everything takes: one table, short for work at the desk and as on the platform for practice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a deployment: its event in each generation ('' for none), and the progress once it is done.

    It happens after so many seconds: quick ones, or as long as the platform takes. `each` is told for every package.
    """

    old: str
    new: str
    progress: int
    quick: float
    real: float
    each: bool = False


STAGES = (
    Stage("start to deploy service", "start to deploy service", 1, 0.02, 2),
    Stage("building image for model [{package} {version}]", "", 5, 0.02, 2, each=True),
    Stage("model ({package} {version}) build image success", "", 30, 0.1, 45, each=True),
    Stage("preparing environment", "", 35, 0.02, 2),
    Stage("[{package} {version}] prepare environment success", "", 45, 0.05, 8, each=True),
    Stage("schedule resource success", "schedule resource success", 55, 0.05, 10),
    Stage("pulling model image", "", 60, 0.02, 2),
    Stage("pull image success", "pull image success", 85, 0.1, 40),
    Stage("starting model", "", 90, 0.02, 2),
)


@dataclass(frozen=True, slots=True)
class Delays:
    """The delays that a sandbox keeps, in seconds."""

    realistic: bool = False
    pace: float = 1.0
    """What the quick stages are multiplied by."""
    pending: float = 0.05
    """Until a deployment begins."""
    stopping: float = 0.1
    deleting: float = 0.05
    pause: float = 0.5
    """Before a crashed program is started again; twice as long after each further crash."""
    longest_pause: float = 10.0
    attempts: int = 3
    """Starts in a row that may fail."""
    steady: float = 10.0
    """A program that lived so long has crashed for the first time."""
    unready: float = 0.05
    """Between two questions whether a program is ready."""
    connecting: float = 0.2
    """Until a network is connected to a service."""

    def stage(self, stage: Stage) -> float:
        """How long until a stage's event."""
        return stage.real if self.realistic else stage.quick * self.pace


QUICK = Delays()
REALISTIC = Delays(
    realistic=True, pending=5, stopping=30, deleting=10, pause=10, longest_pause=300, steady=600, connecting=60
)
