"""Which passages of a document explain final accounts; ordinary reports and forms have none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.prose.outline import Passage
from extractors.prose.vocabulary import AccountWords

FEWEST_EXPLAINED = 2  # headed passages with amounts that make a document final accounts


def explained(passages: Sequence[Passage], words: AccountWords) -> Iterator[tuple[Passage, bool]]:
    """The passages that explain final accounts, and whether they speak of performance."""
    if not any(each.heading and words.explanation.search(each.heading) for each in passages):
        return
    chosen: list[tuple[Passage, bool, bool]] = []
    path: list[tuple[int, str]] = []
    begun = broken = False
    for passage in passages:
        heading = passage.heading or ""
        opened = (passage.level, heading)
        broken = bool(path) and path[-1] == opened  # the same heading goes on behind a table
        while path and path[-1][0] >= passage.level:
            path.pop()
        path.append(opened)
        titles = [title for _, title in path]
        if any(words.closing.search(title) for title in titles):
            continue
        direct = any(words.explanation.search(title) for title in titles)
        performance = any(
            words.performance.search(title) and not words.explanation.search(title)
            for title in titles
        )
        begun = begun or direct
        near = begun and any(words.companions.search(title) for title in titles)
        if "元" not in passage.text or not (direct or near):
            continue
        if broken and (performance or words.closing.search(passage.text)):
            continue
        chosen.append((passage, performance, direct and not performance))
    headings = {passage.heading for passage, _, direct in chosen if direct}
    if len(headings) >= FEWEST_EXPLAINED:
        for passage, performance, _ in chosen:
            yield passage, performance
