"""How a verb ends, other than by going on to the next one."""

import dataclasses


class HungUp(Exception):
    """The phone of this leg, or of the one that it is for, has hung up."""


class Stop(Exception):
    """The script ends here."""


@dataclasses.dataclass(frozen=True)
class Goto:
    """The document that comes next; `is_last` when its answer is not run, as after a hang-up."""

    url: str
    method: str = "POST"
    fields: dict = dataclasses.field(default_factory=dict)
    is_last: bool = False
