"""The specifications that there are."""

from typing import Any

MB_OF_GB = 1024


def _flavor(name: str, cores: int, gigabytes: int, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "arch": "X86_64",
        "category": "CPU",
        "description": f"CPU: {cores} vCPUs {gigabytes} GB",
        "feature": "DEFAULT",
        "free": False,
        "memory": gigabytes * MB_OF_GB,
        "vcpus": cores,
        "sold_out": False,
        "storages": [],
        "billing": {"code": name, "unit_num": 1},
        **more,
    }


FLAVORS = (
    _flavor("modelarts.vm.cpu.2u", 2, 8),
    _flavor("modelarts.vm.cpu.8u", 8, 32),
    _flavor(
        "modelarts.vm.gpu.t4", 8, 32, category="GPU", sold_out=True, description="GPU: 1 x T4, CPU: 8 vCPUs 32 GB",
        gpu={"gpu": 1, "gpu_memory": "16GB", "type": "T4"},
    ),
    _flavor(
        "modelarts.vm.npu.snt9b", 24, 192, category="ASCEND", sold_out=True, arch="arm64",
        description="ASCEND: 1 x snt9b, ARM: 24 vCPUs 192 GB",
        ascend={"npu": 1, "npu_memory": "64GB", "type": "snt9b", "type_alias": "Snt9b1"},
    ),
)  # fmt: skip
"""What there is; the sandbox has no accelerators, so these are always sold out."""
