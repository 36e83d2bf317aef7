"""What the dialog that deploys has to say besides errors: nothing to deploy, something typed before, an unsure end."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from streamscope.gui.services.asking import AskingView
from streamscope.gui.services.deploy.sentence import what_runs
from streamscope.model.deployment import Page


def lacks_models(pages: Sequence[Page]) -> bool:
    """Whether there is nothing that could be chosen to be deployed."""
    needed = [what for page in pages if page.repeated and (what := what_runs(page)) is not None]
    return any(field.kind == "choice" and not any(key for key, _ in field.choices) for field in needed)


def say_nothing_to_deploy(asking: AskingView, packages: Callable[[], object] | None) -> None:
    """Say what to do first: on the sandbox to register a package, which `packages` shows, else to import a model."""
    translate = QCoreApplication.translate
    said = translate("deploy", "There is nothing to deploy yet.")
    if packages is None:
        asking.say(
            "info",
            said,
            translate("deploy", "Import a model in the platform's console, then read again what can be chosen."),
        )
        return
    card = asking.say("info", said, translate("deploy", "Register a model package first."))
    card.offer(translate("deploy", "Model packages…")).clicked.connect(lambda _=False: packages())


def offer_instead(asking: AskingView, package: str, do: Callable[[], object]) -> None:
    """Something else was typed before: `do` puts it away for a package."""
    translate = QCoreApplication.translate
    card = asking.say(
        "info",
        translate("deploy", "What you typed before is still here."),
        translate("deploy", "Go on with it, or put it away for {package}.").format(package=package),
    )
    instead = card.offer(translate("deploy", "Deploy {package} instead").format(package=package))
    instead.clicked.connect(lambda _=False: do())


def say_unsure(asking: AskingView) -> None:
    """Nobody waited for the end."""
    translate = QCoreApplication.translate
    asking.say(
        "info",
        translate("deploy", "Nobody waits for the platform's answer any more."),
        translate("deploy", "It may have begun all the same: look at the list of services before you try again."),
    )
