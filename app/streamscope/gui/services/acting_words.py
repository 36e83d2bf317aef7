"""What is done with services, in words: on buttons, while it is under way, and what is lost by it."""

from streamscope.model.deployment import Action
from streamscope.model.phrase import Phrase, phrase

WORDS: dict[Action, Phrase] = {
    "start": phrase("Start"),
    "stop": phrase("Stop"),
    "update": phrase("Update…"),
    "scale": phrase("Scale…"),
    "delete": phrase("Delete…"),
    "interrupt": phrase("Interrupt"),
    "switch": phrase("Switch to this version"),
    "restart": phrase("Restart the instance"),
}
"""An action as a button says it."""

DOING: dict[Action, Phrase] = {
    "start": phrase("starting"),
    "stop": phrase("stopping"),
    "update": phrase("updating"),
    "scale": phrase("scaling"),
    "delete": phrase("deleting"),
    "interrupt": phrase("interrupting"),
    "switch": phrase("switching"),
    "restart": phrase("restarting"),
}
"""The status of a service until its platform says its own."""

QUESTIONS: dict[Action, Phrase] = {
    "stop": phrase("Stop “{name}”?"),
    "delete": phrase("Delete “{name}”?"),
    "interrupt": phrase("Interrupt what is being deployed of “{name}”?"),
    "switch": phrase("Switch “{name}” to another version?"),
    "restart": phrase("Restart an instance of “{name}”?"),
}
"""Actions that are asked about before they are done."""

LOSSES: dict[Action, Phrase] = {
    "stop": phrase("Calls to it are refused until it is started again."),
    "delete": phrase("Its address and its configuration are gone for good. This cannot be undone."),
    "interrupt": phrase("A deployment ends stopped; an update leaves what ran before."),
    "switch": phrase("Its instances are replaced by those of the other version."),
    "restart": phrase("Calls that the instance is answering may be cut."),
}

LOSSES_OF_MANY: dict[Action, Phrase] = {
    "stop": phrase("Calls to them are refused until they are started again."),
    "delete": phrase("Their addresses and their configurations are gone for good. This cannot be undone."),
}

YES: dict[Action, Phrase] = {
    "stop": phrase("Stop"),
    "delete": phrase("Delete"),
    "interrupt": phrase("Interrupt"),
    "switch": phrase("Switch"),
    "restart": phrase("Restart"),
}
