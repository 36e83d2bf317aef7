"""Policies of automatic scaling: kept and told. The sandbox carries none out."""

import uuid
from typing import Any

from streamscope.sandbox.management_v2 import bodies, pages
from streamscope.sandbox.management_v2.context import Context, Told
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Inquiry, Operation
from streamscope.sandbox.records import Portion
from streamscope.sandbox.refusals import dispatcher


class Scaling:
    """The operations on policies by schedule or metric (hpa) and by role (hra)."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        one = r"/services/([^/]+)/deployments/([^/]+)"
        return [
            Operation("v2", "GET", f"{one}/hpa", self.show_hpa, "get"),
            Operation("v2", "POST", f"{one}/hpa", self.create_hpa, "update"),
            Operation("v2", "PUT", f"{one}/hpa", self.update_hpa, "update"),
            Operation("v2", "DELETE", f"{one}/hpa", self.delete_hpa, "update"),
            Operation("v2", "GET", f"{one}/hpa/events", self.events, "events"),
            Operation("v2", "GET", f"{one}/hra", self.show_hra, "get"),
            Operation("v2", "POST", f"{one}/hra", self.create_hra, "update"),
            Operation("v2", "PUT", f"{one}/hra", self.update_hra, "update"),
        ]

    def show_hpa(self, inquiry: Inquiry) -> Told:
        """A deployment's policy."""
        return self._policy(inquiry, "hpa")[1]

    def create_hpa(self, inquiry: Inquiry) -> Told:
        """Give a deployment a policy."""
        body = checked(bodies.HPA_CREATE, inquiry.json())
        portion = self._context.deployment(inquiry)[1]
        number = str(uuid.uuid4())
        rules = [_hpa_rule(rule, number) for rule in body["hpa_rules"]]
        policy = {
            "id": number,
            "name": f"hpa-{portion.name}",
            "target_resource_id": body["target_resource_id"],
            "target_resource_type": body["target_resource_type"],
            **_replicas(body["hpa_rules"]),
            "status": "ACTIVE",
            "workspace_id": body.get("workspace_id", "0"),
            "hpa_rules": rules,
        }
        return self._keep(portion, "hpa", policy)

    def update_hpa(self, inquiry: Inquiry) -> Told:
        """Change a policy's rules, each as its `operate` says."""
        body = checked(bodies.HPA_UPDATE, inquiry.json())
        portion, policy = self._policy(inquiry, "hpa")
        rules = {rule["id"]: rule for rule in policy["hpa_rules"]}
        for rule in body.get("hpa_rules", []):
            made = _hpa_rule(rule, policy["id"])
            if rule.get("operate") == "DELETE":
                rules.pop(made["id"], None)
            else:
                rules[made["id"]] = made
        return self._keep(portion, "hpa", {**policy, "hpa_rules": list(rules.values())})

    def delete_hpa(self, inquiry: Inquiry) -> Told:
        """Take a deployment's policy away."""
        portion, policy = self._policy(inquiry, "hpa")
        del portion.scaling["hpa"]
        self._context.fleet.save()
        return {**policy, "status": "DELETED"}

    def events(self, inquiry: Inquiry) -> Told:
        """What policies did: nothing."""
        self._context.deployment(inquiry)
        return pages.page([], inquiry.query)

    def show_hra(self, inquiry: Inquiry) -> Told:
        """A deployment's policy for roles."""
        return self._policy(inquiry, "hra")[1]

    def create_hra(self, inquiry: Inquiry) -> Told:
        """Give a deployment a policy for roles."""
        body = checked(bodies.HRA, inquiry.json())
        portion = self._context.deployment(inquiry)[1]
        rules = [_hra_rule(rule) for rule in body["hra_rules"]]
        policy = {"id": str(uuid.uuid4()), "disable": False, "policy_status": "ACTIVE", **body, "hra_rules": rules}
        return self._keep(portion, "hra", policy)

    def update_hra(self, inquiry: Inquiry) -> Told:
        """Change a policy for roles."""
        body = checked(bodies.HRA, inquiry.json())
        portion, policy = self._policy(inquiry, "hra")
        rules = {rule["id"]: rule for rule in policy["hra_rules"]}
        for rule in body["hra_rules"]:
            made = _hra_rule(rule)
            if rule.get("operate") == "DELETE":
                rules.pop(made["id"], None)
            else:
                rules[made["id"]] = made
        return self._keep(portion, "hra", {**policy, **body, "hra_rules": list(rules.values())})

    def _policy(self, inquiry: Inquiry, kind: str) -> tuple[Portion, Told]:
        portion = self._context.deployment(inquiry)[1]
        policy = portion.scaling.get(kind)
        if policy is None:
            raise dispatcher(404, "ModelArts.3502", f"The deployment {portion.name} has no such policy.")
        return portion, policy

    def _keep(self, portion: Portion, kind: str, policy: Told) -> Told:
        portion.scaling[kind] = policy
        self._context.fleet.save()
        return policy


def _hpa_rule(rule: dict[str, Any], policy: str) -> dict[str, Any]:
    number = rule.get("id") or str(uuid.uuid4())
    return {
        "id": number,
        "hpa_id": policy,
        "name": rule.get("name") or f"rule-{number[:8]}",
        "type": rule["type"],
        "schedule": rule["schedule"],
        "target_replicas": rule["target_replicas"],
        "disable": str(rule.get("disable", False)).lower(),
        "status": "CONFIG_SUCCESS",
    }


def _replicas(rules: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "min_replicas": min((rule.get("min_replicas", rule["target_replicas"]) for rule in rules), default=1),
        "max_replicas": max((rule.get("max_replicas", rule["target_replicas"]) for rule in rules), default=1),
    }


def _hra_rule(rule: dict[str, Any]) -> dict[str, Any]:
    number = rule.get("id") or str(uuid.uuid4())
    told = {key: value for key, value in rule.items() if key != "operate"}
    return {"scaler_type": "SIMULATOR_ALGO", **told, "id": number, "name": f"rule-{number[:8]}",
            "disable": False, "rule_status": "CONFIG_SUCCESS"}  # fmt: skip
