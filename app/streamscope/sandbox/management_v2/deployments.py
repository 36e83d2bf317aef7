"""Deployments of a service and their versions."""

import msgspec

from streamscope.sandbox.management_v2 import answers, bodies, building, pages
from streamscope.sandbox.management_v2.context import Context, Told, allowed, wrong_state
from streamscope.sandbox.management_v2.rules import checked
from streamscope.sandbox.operations import Inquiry, Operation, number
from streamscope.sandbox.records import Portion, Record, Version
from streamscope.sandbox.refusals import dispatcher


class Deployments:
    """The operations on deployments."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def operations(self) -> list[Operation]:
        """Their rows."""
        all_ = r"/services/([^/]+)/deployments"
        one = all_ + r"/([^/]+)"
        version = one + r"/versions/([^/]+)"
        return [
            Operation("v2", "GET", all_, self.listed, "get"),
            Operation("v2", "POST", all_, self.create, "update"),
            Operation("v2", "GET", one, self.show, "get"),
            Operation("v2", "PUT", one, self.update, "update"),
            Operation("v2", "DELETE", one, self.delete, "update"),
            Operation("v2", "POST", f"{one}/start", self.start, "action"),
            Operation("v2", "POST", f"{one}/stop", self.stop, "action"),
            Operation("v2", "POST", f"{one}/interrupt", self.interrupt, "action"),
            Operation("v2", "PUT", f"{one}/scale", self.scale, "action"),
            Operation("v2", "GET", f"{one}/versions", self.versions, "get"),
            Operation("v2", "GET", version, self.version, "get"),
            Operation("v2", "DELETE", version, self.delete_version, "update"),
            Operation("v2", "POST", f"{version}/switch", self.switch, "action"),
        ]

    def listed(self, inquiry: Inquiry) -> Told:
        """One page of a service's deployments. The sandbox remembers none that was deleted, whatever is asked for."""
        record = self._context.service(inquiry)
        number(inquiry.query, "delete_after", 7)
        instances = self._context.fleet.instances(record.id)
        rows = [answers.deployment_row(record, portion, instances) for portion in answers.deployments(record)]
        return pages.page(pages.ordered(rows, inquiry.query, pages.BY_TIME, "update_at"), inquiry.query)

    def show(self, inquiry: Inquiry) -> Told:
        """One deployment with everything."""
        return self._told(*self._context.deployment(inquiry))

    def create(self, inquiry: Inquiry) -> Told:
        """Add a deployment to a service."""
        record = self._context.service(inquiry)
        body = checked(bodies.GROUP, inquiry.json())
        if any(one.name == body["name"] for one in record.portions):
            raise dispatcher(409, "ModelArts.3503", f"The deployment name {body['name']} already exists.")
        added = building.portion(body, self._context.packages)
        with allowed():
            self._context.fleet.update(record.id, [*record.portions, added])
        return self._told(record, added)

    def update(self, inquiry: Inquiry) -> Told:
        """Change a deployment: a new version of it. What is not given stays as it was."""
        record, portion = self._context.deployment(inquiry)
        body = checked(bodies.GROUP_UPDATE, inquiry.json())
        numbers = [one.number for one in answers.deployment_history(portion)]
        revision = body.get("version") or building.following(numbers)
        if revision in numbers:
            raise dispatcher(400, "ModelArts.8031", f"The version {revision} already exists.")
        group = {**answers.group_given(portion), **body, "version": revision}
        changed = building.portion(group, self._context.packages, before=portion)
        return self._replaced(record, portion, changed)

    def delete(self, inquiry: Inquiry) -> Told:
        """Take a deployment away."""
        record, portion = self._context.deployment(inquiry)
        told = self._told(record, portion)
        with allowed():
            self._context.fleet.update(record.id, [one for one in record.portions if one is not portion])
        return {**told, "status": "DELETING"}

    def start(self, inquiry: Inquiry) -> Told:
        """Start a deployment that was stopped alone, or its whole service; told as a part of its service."""
        record, portion = self._context.deployment(inquiry)
        if portion.stopped:
            self._replaced(record, portion, msgspec.structs.replace(portion, stopped=False))
        else:
            with allowed():
                self._context.fleet.start(record.id)
        return answers.group(record, portion, self._context.fleet.instances(record.id))

    def stop(self, inquiry: Inquiry) -> Told:
        """Stop a deployment; with the last one its service stops."""
        record, portion = self._context.deployment(inquiry)
        if portion.stopped:
            raise wrong_state(f"{portion.name} is stopped: it cannot stop now")
        if all(one.stopped or one is portion for one in record.portions):
            with allowed():
                self._context.fleet.stop(record.id)
            return self._told(record, portion)
        return self._replaced(record, portion, msgspec.structs.replace(portion, stopped=True))

    def interrupt(self, inquiry: Inquiry) -> Told:
        """Break off what is being deployed or changed."""
        record, portion = self._context.deployment(inquiry)
        with allowed():
            self._context.fleet.interrupt(record.id)
        return self._told(record, portion)

    def scale(self, inquiry: Inquiry) -> Told:
        """Let a deployment have so many instances."""
        record, portion = self._context.deployment(inquiry)
        body = checked(bodies.SCALE, inquiry.json())
        with allowed():
            self._context.fleet.scale(record.id, portion.id, body["count"])
        return {**self._told(record, portion), "count": body["count"]}

    def versions(self, inquiry: Inquiry) -> Told:
        """One page of a deployment's versions, the newest first."""
        record, portion = self._context.deployment(inquiry)
        rows = [
            {
                "infer_name": portion.id,
                "version": one.number,
                "version_status": self._status(record, portion, one),
                "description": one.given.get("description", ""),
                "create_at": answers.iso(one.at),
                "update_at": answers.iso(one.at),
                "deploy_type": one.given.get("deploy_type") or answers.given(record)["deploy_type"],
            }
            for one in reversed(answers.deployment_history(portion))
        ]
        return pages.page(pages.ordered(rows, inquiry.query, pages.BY_TIME, "update_at"), inquiry.query)

    def version(self, inquiry: Inquiry) -> Told:
        """A deployment as one of its versions was."""
        record, portion, found = self._version(inquiry)
        was = building.portion(found.given, self._context.packages, before=portion)
        told = self._told(
            record, msgspec.structs.replace(was, history=answers.deployment_history(portion), updated=found.at)
        )
        return {**told, "status": self._status(record, portion, found)}

    def delete_version(self, inquiry: Inquiry) -> Told:
        """Forget a version that is not the present one."""
        _, portion, found = self._version(inquiry)
        if found.number == portion.revision:
            raise wrong_state(f"The version {found.number} is in use")
        portion.history = [one for one in portion.history if one.number != found.number]
        self._context.fleet.save()
        return {"id": portion.id}

    def switch(self, inquiry: Inquiry) -> Told:
        """Go to another version of a deployment."""
        body = checked(bodies.SWITCH, inquiry.json())
        record, portion, found = self._version(inquiry)
        if body.get("target_deployment_version") not in (None, found.number):
            raise dispatcher(400, "ModelArts.0104", "Invalid parameter. The path names another version.")
        if found.number == portion.revision:
            raise wrong_state(f"The version {found.number} is in use")
        changed = building.portion(found.given, self._context.packages, before=portion)
        self._replaced(record, portion, msgspec.structs.replace(changed, history=answers.deployment_history(portion)))
        return {"id": portion.id}

    def _replaced(self, record: Record, before: Portion, after: Portion) -> Told:
        portions = [after if one is before else one for one in record.portions]
        with allowed():
            self._context.fleet.update(record.id, portions, after.revision)
        return self._told(record, after)

    def _version(self, inquiry: Inquiry) -> tuple[Record, Portion, Version]:
        record, portion = self._context.deployment(inquiry)
        for one in answers.deployment_history(portion):
            if one.number == inquiry.names[2]:
                return record, portion, one
        raise dispatcher(404, "ModelArts.3502", f"The version {inquiry.names[2]} does not exist.")

    def _status(self, record: Record, portion: Portion, version: Version) -> str:
        if version.number != portion.revision:
            return "STOPPED"
        return answers.deployment_status(record, portion, self._context.fleet.instances(record.id))

    def _told(self, record: Record, portion: Portion) -> Told:
        return answers.deployment(record, portion, self._context.fleet.instances(record.id), self._context.user)
