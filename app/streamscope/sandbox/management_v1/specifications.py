"""The specifications that services can be deployed with, a table like a region's. In the sandbox all are a process.

Platform documentation, "Querying Service Deployment Specifications".
"""

from dataclasses import dataclass
from typing import Any

from streamscope.sandbox.management_v1 import lists
from streamscope.sandbox.management_v1.context import Told
from streamscope.sandbox.operations import Inquiry, Operation, choice, number


@dataclass(frozen=True, slots=True)
class Specification:
    """Cores, memory in GB, and what accelerators there are."""

    name: str
    category: str
    cores: int
    memory: int
    arch: str = "x86"
    gpu: tuple[str, int] | None = None
    npu: tuple[str, int] | None = None
    open: bool = True
    over_quota: bool = False

    @property
    def told(self) -> Told:
        """As the interface tells it."""
        shown = f"{self.category}: {self.cores} cores {self.memory} GB"
        shown += f", {self.gpu[1]} × {self.gpu[0]}" if self.gpu else ""
        shown += f", {self.npu[1]} × {self.npu[0]}" if self.npu else ""
        return {
            "specification": self.name,
            "billing_spec": self.name,
            "category": self.category,
            "cpu_info": {"arch": self.arch, "cpu": self.cores},
            "memory_info": {"unit": "GB", "memory": self.memory},
            "gpu_info": _chip("gpu", self.gpu),
            "npu_info": _chip("npu", self.npu),
            "is_open": self.open,
            "is_free": False,
            "over_quota": self.over_quota,
            "spec_status": "normal" if self.open else "sellout",
            "source_type": "",
            "extend_params": "{}",
            "display_en": shown,
            "display_cn": shown.replace("cores", "核"),
        }


ALL = (
    Specification("modelarts.vm.cpu.2u", "CPU", 2, 8),
    Specification("modelarts.vm.cpu.8u", "CPU", 8, 32),
    Specification("modelarts.vm.cpu.arm.8u", "CPU", 8, 32, arch="arm64"),
    Specification("modelarts.vm.gpu.t4u8", "GPU", 8, 32, gpu=("T4 16GB", 1)),
    Specification("modelarts.vm.gpu.p4u8", "GPU", 8, 32, gpu=("P4 8GB", 1), over_quota=True),
    Specification("modelarts.vm.gpu.v100", "GPU", 8, 64, gpu=("V100 32GB", 1), open=False),
    Specification("modelarts.kat1.xlarge", "ASCEND", 24, 96, arch="arm64", npu=("Ascend 32GB", 1)),
)
NAMES = {one.name: one for one in ALL}
DEFAULT = ALL[0].name
CUSTOM = "custom"
_FLAGS = frozenset({"true", "false"})
_KINDS = frozenset({"real-time", "batch", "edge"})


def operations() -> list[Operation]:
    """Its row."""
    return [Operation("v1", "GET", "/services/specifications", _listed, "list")]


def _listed(inquiry: Inquiry) -> Told:
    query = inquiry.query
    choice(query, "is_personal_cluster", "false", _FLAGS)
    rows = ALL if choice(query, "infer_type", "real-time", _KINDS) == "real-time" else ALL[:2]
    number(query, "limit", lists.MOST, 1, lists.MOST)
    return lists.page([one.told for one in rows], "specifications", query)


def _chip(key: str, chip: tuple[str, int] | None) -> dict[str, Any] | None:
    """A server's accelerators, None where it has none."""
    if chip is None:
        return None
    return {key: chip[1], "product_name": chip[0], "memory": chip[0].rpartition(" ")[2], "unit": ""}
