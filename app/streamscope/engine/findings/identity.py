"""Rules about who answers: id, model and fingerprint should be one for a whole stream (OpenAI chat family). Pure."""

from typing import Any

from streamscope.engine.findings.case import Case, Family
from streamscope.model.event import Message, RequestSent
from streamscope.model.phrase import Phrase, phrase

_ONE_ID = ("openai.chat", "openai.completions")
_ONE_MODEL = (*_ONE_ID, "ollama")


class Identity(Family):
    """id_changed, model_changed, model_differs, fingerprint_changed."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._id = self._model = self._fingerprint = ""

    def request(self, event: RequestSent) -> None:  # noqa: ARG002 - the outline
        """Another attempt may be answered by another."""
        self._id = self._model = self._fingerprint = ""

    def message(self, event: Message) -> None:
        """The three names of this payload; empty ones say nothing (Azure's first chunk)."""
        value = self.case.value
        if type(value) is not dict:
            return
        name = value.get("model")
        if name and name != self._model:
            self._other_model(event, name)
        name = value.get("id")
        if name and name != self._id:
            self._other_id(event, name)
        name = value.get("system_fingerprint")
        if name and name != self._fingerprint:
            self._other_fingerprint(event, name)

    def _other_model(self, event: Message, name: Any) -> None:
        before, self._model = self._model, name
        if not self._applies(_ONE_MODEL) or type(name) is not str:
            return
        if before:
            text = phrase(
                "The model's name changes inside of the stream: {before}, then {name}.", before=before, name=name
            )
            self.case.tell(event.t, "model_changed", "warning", text, _ROUTED)
            return
        wanted = self.case.asked.get("model")
        if isinstance(wanted, str) and wanted and wanted != name:
            kin = wanted.lower() in name.lower() or name.lower() in wanted.lower()
            text = phrase("{wanted} was asked for, {name} answers.", wanted=wanted, name=name)
            remedy = phrase("An alias or a router may stand between: check that this is the model that is meant.")
            events = [self.case.request_at, self.case.index]
            self.case.tell(event.t, "model_differs", "info" if kin else "warning", text, remedy, events)

    def _other_id(self, event: Message, name: Any) -> None:
        before, self._id = self._id, name
        if before and self._applies(_ONE_ID):
            text = phrase(
                "The answer's id changes inside of the stream: {before}, then {name}.", before=before, name=name
            )
            remedy = phrase("Two answers may be mixed, or a proxy asked again without saying so.")
            self.case.tell(event.t, "id_changed", "warning", text, remedy)

    def _other_fingerprint(self, event: Message, name: Any) -> None:
        before, self._fingerprint = self._fingerprint, name
        if before and self._applies(_ONE_ID):
            text = phrase(
                "The system's fingerprint changes inside of the stream: {before}, then {name}.",
                before=before,
                name=name,
            )
            self.case.tell(event.t, "fingerprint_changed", "warning", text, _ROUTED)

    def _applies(self, dialects: tuple[str, ...]) -> bool:
        return not self.case.conversation and self.case.dialect.startswith(dialects)


_ROUTED: Phrase = phrase("Two different servers may have written parts of one answer.")
