"""What is wrong with a configuration of the old generation, by its documented rules. Pure.

Source: API reference, "Deploying a Model as a Service" (v1).
"""

import re
from collections.abc import Callable, Mapping, Sequence

from streamscope.kinds.platforms.modelarts.old_bodies import environment
from streamscope.kinds.platforms.modelarts.old_pages import CUSTOM
from streamscope.kinds.platforms.modelarts.rows import part
from streamscope.model.deployment import Configuration, Page
from streamscope.model.phrase import Phrase, phrase

_NAME = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff-]{1,64}")
_FORBIDDEN = set("!<>=&\"'")
_NEEDED = phrase("This is needed.")
_NO_CHOICE = phrase("This is none of the choices.")

Values = Mapping[str, str]
Rule = Callable[[str], Phrase | None]


def checked(pages: Sequence[Page], configuration: Configuration) -> dict[str, Phrase]:
    """KEY or N.KEY (of portion N, from 0) → what is wrong with it, among the fields of the pages; {}: nothing."""
    asked = {field.key for page in pages if not page.repeated for field in page.fields}
    repeated = [page for page in pages if page.repeated]
    wrong = {key: told for key, told in _singles(configuration).items() if key in asked}
    if repeated:
        wrong |= _portions(repeated[0], configuration.portions)
    for page in pages:
        sets = configuration.portions if page.repeated else (configuration.values,)
        for at, values in enumerate(sets):
            prefix = f"{at}." if page.repeated else ""
            for field in page.fields:
                value = values.get(field.key, "")
                if field.kind == "choice" and value and value not in [key for key, _ in field.choices]:
                    wrong.setdefault(prefix + field.key, _NO_CHOICE)
    return wrong


def _singles(configuration: Configuration) -> dict[str, Phrase]:
    values = configuration.values
    found = {key: rule(values.get(key, "")) for key, rule in _RULES.items()}
    wrong = {key: told for key, told in found.items() if told is not None}
    network = {key: values.get(key, "") for key in ("vpc", "subnet", "security_group")}
    if any(network.values()):
        told = phrase("VPC, subnet and security group are given together or not at all.")
        wrong |= {key: told for key, value in network.items() if not value}
    had = part(dict(configuration.origin), "additional_properties").get("websocket_upgrade") is True
    if had and not values.get("websocket"):
        wrong["websocket"] = phrase("A service that speaks WebSocket cannot go back: deploy a new one.")
    if values.get("app_auth") and not values.get("apps", "").split():
        wrong["apps"] = phrase("Name the applications that may call it.")
    return wrong


def _portions(page: Page, portions: Sequence[Values]) -> dict[str, Phrase]:
    wrong: dict[str, Phrase] = {}
    if not portions:
        return {"0.model": _NEEDED}
    seen: dict[str, int] = {}
    for at, portion in enumerate(portions):
        for field in page.fields:
            rule, value = _PORTION_RULES.get(field.key), portion.get(field.key) or field.default
            told = _NEEDED if field.required and not value else rule(value) if rule is not None else None
            if told is not None:
                wrong[f"{at}.{field.key}"] = told
        wrong |= _custom(at, portion)
        model = portion.get("model", "")
        if model and seen.setdefault(model, at) != at:
            wrong[f"{at}.model"] = phrase("This version of the model is in the service already.")
    if len(portions) > page.most:
        wrong[f"{page.most}.model"] = phrase("A service has {count} models at most.", count=page.most)
    if not any(key.endswith(".weight") for key in wrong):
        total = sum(int(float(portion.get("weight") or "100")) for portion in portions)
        if total != 100:
            told = phrase("All weights together are {total}; they must be 100.", total=total)
            wrong[f"{len(portions) - 1}.weight"] = told
    return wrong


def _custom(at: int, portion: Values) -> dict[str, Phrase]:
    if portion.get("specification") != CUSTOM:
        return {}
    rules = {"cpu": _at_least(0.01), "memory": _whole(1, 10**9), "gpu": _at_least(0), "ascend": _whole(0, 1000)}
    wrong = {f"{at}.{key}": rule(portion.get(key, "")) for key, rule in rules.items()}
    wrong |= {f"{at}.{key}": _NEEDED for key in ("cpu", "memory") if not portion.get(key)}
    return {key: told for key, told in wrong.items() if told is not None}


def _name(value: str) -> Phrase | None:
    if not value:
        return _NEEDED
    if _NAME.fullmatch(value):
        return None
    return phrase("1 to 64 letters, Chinese characters, digits, - and _ make a name.")


def _description(value: str) -> Phrase | None:
    if len(value) > 100:
        return phrase("These are {count} characters; 100 are allowed.", count=len(value))
    used = sorted(_FORBIDDEN & set(value))
    return phrase("These characters are not allowed: {characters}", characters=" ".join(used)) if used else None


def _environment(value: str) -> Phrase | None:
    return phrase("A variable has no name.") if "" in environment(value) else None


def _whole(least: int, most: int) -> Rule:
    def rule(value: str) -> Phrase | None:
        if not value or (_number(value) is not None and float(value).is_integer() and least <= float(value) <= most):
            return None
        return phrase("A whole number from {least} to {most}.", least=least, most=most)

    return rule


def _at_least(least: float) -> Rule:
    def rule(value: str) -> Phrase | None:
        read = _number(value) if value else None
        if not value or (read is not None and least <= read <= 10**9):
            return None
        return phrase("A number of {least} or more.", least=least)

    return rule


def _number(value: str) -> float | None:
    try:
        read = float(value)
    except ValueError:
        return None
    return read if abs(read) < 1e15 else None


_RULES: dict[str, Rule] = {
    "name": _name,
    "description": _description,
    "stop_after": _whole(1, 100_000),
    "priority": _whole(1, 3),
    "max_surge": _at_least(0),
    "max_unavailable": _at_least(0),
    "grace": _whole(0, 86_400),
}
_PORTION_RULES: dict[str, Rule] = {
    "count": _whole(1, 128),
    "weight": _whole(0, 100),
    "environment": _environment,
    "deploy_timeout": _whole(3, 120),
}
