"""The embedded platform: ModelArts' connector with this machine's addresses."""

from typing import ClassVar

from streamscope.kinds.platforms.modelarts import ModelArts
from streamscope.model.field import Field
from streamscope.model.phrase import phrase


class Sandbox(ModelArts):
    """A platform in a process of its own on this machine; its addresses are known once it runs."""

    key = "sandbox"
    label = phrase("Sandbox")
    help = phrase("An embedded platform on this machine, to try everything offline.")
    fields: ClassVar[tuple[Field, ...]] = ()
