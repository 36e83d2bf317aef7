"""The regions that have ModelArts, and the addresses in them.

Source: the vendor's SDK (modelarts_region.py) for regions and management endpoints, "Obtaining a user token" for IAM's.
"""

from streamscope.model.phrase import Phrase, phrase

REGIONS: tuple[tuple[str, Phrase], ...] = (
    ("cn-north-4", phrase("cn-north-4 — Beijing")),
    ("cn-north-1", phrase("cn-north-1 — Beijing")),
    ("cn-north-2", phrase("cn-north-2 — Beijing")),
    ("cn-north-9", phrase("cn-north-9 — Ulanqab")),
    ("cn-north-11", phrase("cn-north-11")),
    ("cn-north-12", phrase("cn-north-12")),
    ("cn-east-3", phrase("cn-east-3 — Shanghai")),
    ("cn-east-4", phrase("cn-east-4")),
    ("cn-south-1", phrase("cn-south-1 — Guangzhou")),
    ("cn-southwest-2", phrase("cn-southwest-2 — Guiyang")),
    ("cn-southwest-3", phrase("cn-southwest-3")),
    ("ap-southeast-1", phrase("ap-southeast-1 — Hong Kong")),
    ("ap-southeast-2", phrase("ap-southeast-2 — Bangkok")),
    ("ap-southeast-3", phrase("ap-southeast-3 — Singapore")),
    ("ap-southeast-4", phrase("ap-southeast-4 — Jakarta")),
    ("la-south-2", phrase("la-south-2 — Santiago")),
    ("la-north-2", phrase("la-north-2 — Mexico City")),
    ("sa-brazil-1", phrase("sa-brazil-1 — São Paulo")),
    ("af-south-1", phrase("af-south-1 — Johannesburg")),
    ("af-north-1", phrase("af-north-1 — Cairo")),
    ("tr-west-1", phrase("tr-west-1 — Istanbul")),
    ("me-east-1", phrase("me-east-1 — Riyadh")),
)
_OTHERS = {"ap-southeast-1": "https://modelarts.ap-southeast-1.myhuaweicloud.cn"}


def management(region: str) -> str:
    """The management endpoint of a region, by the documented form where the region is none of the known ones."""
    return _OTHERS.get(region, f"https://modelarts.{region}.myhuaweicloud.com")


def iam(region: str) -> str:
    """The identity service's endpoint of a region."""
    return f"https://iam.{region}.myhuaweicloud.com"
