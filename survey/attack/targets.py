"""What the intruder looks for: each synthetic voter's ballot, and what would betray the voter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Order = Sequence[int]
"""Voters by number, in the order in which one place tells of them."""


@dataclass(frozen=True)
class Target:
    """One voter: `marks` are the forms of the own ballot, `traces` those of the person, both by kind."""

    marks: Mapping[str, bytes]
    traces: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """A poll after its end; `came` is the true order of the voters, by their numbers in `targets`."""

    targets: Sequence[Target]
    came: Order
    watched: bool = True
    """Whether the intruder stood in the hall and saw who sent when; else only files can tell."""
