"""What is shared while the blocks of a form are read: tokens, the place reached, rows found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from extractors.unflatten.headers import HeaderRun, Labels
from extractors.unflatten.program import Header, Policy
from extractors.unflatten.tokens import Gap, Token

TITLE = re.compile(r"自评(?:价)?(?:报告)?表|绩效目标表|绩效.{0,8}自评.{0,6}表$")


class GridCell(NamedTuple):
    """Tokens `first` to `last` as one cell of a column; `void` where their text is no value."""

    column: int
    first: int
    last: int
    void: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """Tokens `first` to `last` that could not be put in their place, and why."""

    reason: str
    first: int
    last: int


@dataclass(slots=True)
class Assembly:
    """The rows found so far and the number of tokens used."""

    rows: list[tuple[GridCell, ...]] = field(default_factory=list)
    used: int = 0
    lost: list[Lost] = field(default_factory=list)


class Reading:
    """The tokens of a run with the place reached; blocks append their rows to `out`."""

    def __init__(self, tokens: Sequence[Token], policy: Policy) -> None:
        self.tokens, self.policy = tokens, policy
        self.labels = Labels(tokens)
        self.out = Assembly()
        self.columns: tuple[Header, ...] = ()  # of the last indicator header
        self.closed = False  # totals were seen
        self.at = 0

    def begins_row(self, index: int) -> bool:
        """Whether a marked row begins at a token; always where rows are not marked."""
        if not self.policy.rows or self.tokens[index].gap == Gap.ROW:
            return True
        return index == 0 or not self.tokens[index - 1].text

    def ends_row(self, index: int) -> bool:
        """Whether the marked row of the token before has ended at this one."""
        return self.policy.rows and self.tokens[index].gap == Gap.ROW

    def marked_end(self, index: int) -> bool:
        """Whether a mark ends the row before a token, where not all rows are marked."""
        return self.policy.marks and self.tokens[index].gap == Gap.ROW

    def header_row(self, header: HeaderRun, shift: int = 0) -> None:
        """Append the row of a header's labels."""
        self.out.rows.append(
            tuple(
                GridCell(c + shift, first, end - 1) for c, (first, end) in enumerate(header.labels)
            )
        )

    def lose(self, reason: str, first: int, last: int) -> None:
        """Remember tokens that could not be put in their place."""
        self.out.lost.append(Lost(reason, first, last))
