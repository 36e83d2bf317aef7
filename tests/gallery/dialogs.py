"""Scenes of what stands over the window: dialogs, palette, menus."""

import asyncio

from PySide6.QtWidgets import QApplication, QDialog
from tests.gallery import filling
from tests.gallery.browsing import close_menus
from tests.gallery.stage import Stage

from streamscope.gui.messages import MessageView
from streamscope.model.errors import StoreError, UsageError
from streamscope.model.phrase import phrase


async def small(stage: Stage) -> None:
    """Menus, palette, about, shortcuts, the question for a name."""
    window = stage.window
    for action in window.menuBar().actions():
        menu = action.menu()
        assert menu is not None
        menu.popup(window.menuBar().mapToGlobal(window.menuBar().actionGeometry(action).bottomLeft()))
        await stage.grab(f"menu {window.menuBar().actions().index(action) + 1}")
        close_menus()
    for name, typed in (("palette", ""), ("palette found", "chat"), ("palette nothing", "zzzz")):
        window.find_anything()
        palette = next(
            one for one in QApplication.topLevelWidgets() if one.objectName() == "palette" and one.isVisible()
        )
        palette.line.setText(typed)
        await stage.grab(name)
        palette.close()
    for name in ("about", "help"):
        window.actions_by_name[name].trigger()
        await stage.grab(f"dialog {name}")
        close()
    window.save_as()
    await stage.until(lambda: opened())
    await stage.grab("dialog save", rest=0.2)
    close()


async def large(stage: Stage) -> None:
    """Environments, explanation, workspaces, credentials."""
    window, dialogs = stage.window, stage.session.dialogs
    window.environments.edit()
    await stage.grab("dialog environments", rest=0.5)
    close()
    await stage.chosen("chat")
    dialogs.explanation(stage.session.prepare)
    await stage.grab("dialog explanation", rest=0.8)
    close()
    window.bench.workspaces.save(filling.UNREACHABLE)
    workspaces = dialogs.workspaces(filling.UNREACHABLE.name)
    await stage.grab("dialog workspace", rest=0.3)
    workspaces.test_button.click()
    await asyncio.sleep(0.5)
    await stage.grab("dialog workspace test failed", rest=1.0)
    close()
    workspaces = dialogs.workspaces("sandbox")
    workspaces.test_button.click()
    await stage.grab("dialog workspace test", rest=1.5)
    close()
    window.bench.workspaces.remove(filling.UNREACHABLE.name)
    stage.session.refreshing.workspaces_changed()
    for name in ("work account", "推理服务 API Key"):
        dialogs.credentials(name)
        await stage.grab(f"dialog credential {'filled' if name.isascii() else 'chinese'}", rest=0.3)
        close()


async def messages(stage: Stage) -> None:
    """What the window tells above the composer."""
    window = stage.window
    window.tell_error(
        StoreError(
            phrase(
                "The file {path} cannot be written: no space left on the device.",
                path="/home/someone/Harbour/Chat.yaml",
            ),
            phrase("Free some space, then save again."),
        )
    )
    window.messages.tell(
        "warning", phrase("The profile {folder} cannot be written: nothing will be kept.", folder="/srv/x")
    )
    window.messages.tell("info", phrase("The option --silent of the pasted command means nothing here."))
    window.tell_error(UsageError(phrase("{name} is no folder.", name=filling.LONG), phrase("Choose another.")))
    await stage.grab("messages above")
    for view in window.messages.findChildren(MessageView):
        view.dismiss()


def opened() -> list[QDialog]:
    """The dialogs that are open."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]


def close() -> None:
    """Close every dialog."""
    for dialog in opened():
        dialog.done(0)
