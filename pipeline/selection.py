"""Which findings are meant, and in which order: the same filters for the page, API and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

from pipeline.errors import UserError
from pipeline.reviews import STATES, Review
from pipeline.show.findings import one_of
from schemas.chinese import CONFIDENCES, FINDING_KINDS, SEVERITIES

Sort = Literal["severity", "kind", "difference", "unit", "year"]
SORTS: Final[Mapping[str, str]] = {
    "severity": "程度",
    "kind": "类别",
    "difference": "相差",
    "unit": "单位",
    "year": "年度",
}
LEVEL = "CASE f.severity WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END"


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by first, whether the greatest comes first, and what comes next."""

    key: str
    falls: bool = False
    then: str = f"{LEVEL}, "

    def sql(self, turned: bool) -> str:
        """The ORDER BY of it, or of its opposite."""
        direction = "DESC" if self.falls != turned else "ASC"
        return f"{self.key} {direction} NULLS LAST, {self.then}f.rowid"


ORDERS: Final[Mapping[Sort, Order]] = {
    "severity": Order(LEVEL, then=""),
    "kind": Order("f.kind"),
    "difference": Order("abs(f.difference)", falls=True),
    "unit": Order("coalesce(p.unit, d.publisher)"),
    "year": Order("coalesce(p.fiscal_year, d.fiscal_year)", falls=True),
}
FROM = "FROM findings f"
JOINS = """
LEFT JOIN projects p ON p.project_id = f.project_id
LEFT JOIN documents d ON d.document_id = f.document_id
"""
# Parameters are a JSON-like mapping because that is what the database takes.
Parameters = dict[str, object]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a finding must be to be chosen; an empty field asks for nothing."""

    severities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    confidences: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    unit: str = ""
    year: int | None = None
    text: str = ""
    check: str = ""
    document: str = ""
    project: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether every finding is chosen."""
        return not any(getattr(self, field.name) for field in fields(self))


def selection(
    severities: Sequence[str] = (),
    kinds: Sequence[str] = (),
    confidences: Sequence[str] = (),
    states: Sequence[str] = (),
    unit: str | None = None,
    year: int | None = None,
    text: str | None = None,
    check: str | None = None,
    document: str | None = None,
    project: str | None = None,
) -> Selection:
    """A selection by English or Chinese words; raises UserError for a word that does not exist."""
    return Selection(
        tuple(one_of(SEVERITIES, word, "程度") for word in severities if word),
        tuple(one_of(FINDING_KINDS, word, "类别") for word in kinds if word),
        tuple(one_of(CONFIDENCES, word, "把握") for word in confidences if word),
        tuple(one_of(STATES, word, "复核结论") for word in states if word),
        (unit or "").strip(),
        year,
        (text or "").strip(),
        (check or "").strip(),
        (document or "").strip(),
        (project or "").strip(),
    )


def sort_of(word: str) -> Sort:
    """The order a word names; raises UserError for one that does not exist."""
    known: tuple[Sort, ...] = get_args(Sort)
    for sort in known:
        if word == sort:
            return sort
    raise UserError(f"没有“{word}”这个次序，可用的有：{'、'.join(known)}")


def condition(chosen: Selection, reviews: Sequence[Review]) -> tuple[str, Parameters]:
    """The WHERE clause of a selection over `findings f`, and its parameters."""
    asked: list[tuple[str, Parameters]] = []
    for column, words in (
        ("severity", chosen.severities),
        ("kind", chosen.kinds),
        ("confidence", chosen.confidences),
    ):
        if words:
            asked.append((f"f.{column} IN (SELECT unnest(${column}))", {column: list(words)}))
    if chosen.states:
        asked.append(_by_state(chosen.states, reviews))
    if chosen.unit:
        asked.append((_of_owner("unit", "publisher", "contains(lower({}), lower($unit))"),
                      {"unit": chosen.unit}))  # fmt: skip
    if chosen.year is not None:
        asked.append((_of_owner("fiscal_year", "fiscal_year", "{} = $year"),
                      {"year": chosen.year}))  # fmt: skip
    if chosen.text:
        asked.append((_with_text(chosen.text), {"text": chosen.text}))
    for column, word in (("check_id", chosen.check), ("project_id", chosen.project)):
        if word:
            asked.append((f"f.{column} = ${column}", {column: word}))
    if chosen.document:
        asked.append(("starts_with(f.document_id, $document)", {"document": chosen.document}))
    if not asked:
        return "", {}
    parameters = {name: value for _, some in asked for name, value in some.items()}
    return "WHERE " + "\n  AND ".join(f"({sql})" for sql, _ in asked), parameters


def _with_text(text: str) -> str:
    """Chinese has no case, and to fold a million sentences takes longer than to search them."""
    folded = "lower({})" if text.lower() != text.upper() else "{}"
    wanted = folded.format("$text")
    return f"""
        contains({folded.format("f.summary")}, {wanted})
        OR f.project_id IN (SELECT project_id FROM projects
                            WHERE contains({folded.format("project_name")}, {wanted}))
    """


def _of_owner(project_column: str, document_column: str, test: str) -> str:
    """A condition on the finding's project, or on its document where the project does not say."""
    of_project = test.format(f"coalesce(p.{project_column}, d.{document_column})")
    of_document = test.format(f"d.{document_column}")
    return f"""
        f.project_id IN (SELECT p.project_id FROM projects p JOIN documents d USING (document_id)
                         WHERE {of_project})
        OR (f.project_id IS NULL
            AND f.document_id IN (SELECT d.document_id FROM documents d WHERE {of_document}))
    """


def _by_state(states: Sequence[str], reviews: Sequence[Review]) -> tuple[str, Parameters]:
    """Reviewed findings are listed by id; one that nobody looked at is open."""
    if "open" in states:
        others = [review.finding_id for review in reviews if review.state not in states]
        return "f.finding_id NOT IN (SELECT unnest($reviewed::VARCHAR[]))", {"reviewed": others}
    wanted = [review.finding_id for review in reviews if review.state in states]
    return "f.finding_id IN (SELECT unnest($reviewed::VARCHAR[]))", {"reviewed": wanted}


def order_sql(where: str, sort: Sort, turned: bool) -> str:
    """The row numbers of all chosen findings in their order."""
    joins = JOINS if sort in ("unit", "year") else ""
    order = ORDERS[sort].sql(turned)
    return f"SELECT f.rowid::INTEGER AS place {FROM} {joins} {where} ORDER BY {order}"


def page_sql(where: str, sort: Sort, turned: bool) -> str:
    """One page of the chosen findings, by $limit and $offset."""
    return _rows(f"SELECT place {{}} FROM ({order_sql(where, sort, turned)} "
                 "LIMIT $limit OFFSET $offset)")  # fmt: skip


def rows_sql() -> str:
    """The findings at the row numbers $places, in the order of these."""
    return _rows("SELECT place {} FROM (SELECT unnest($places::INTEGER[]) AS place)")


def _rows(places: str) -> str:
    """Findings with what a list shows of them; the details are joined only for those."""
    numbered = places.format(", row_number() OVER () AS position")
    return f"""
        WITH page AS MATERIALIZED ({numbered})
        SELECT f.finding_id, f.severity, f.kind, f.confidence, f.summary, f.check_id,
               f.expected, f.actual, f.difference, f.unit, f.document_id, f.project_id,
               f.indicator_id, f.basis,
               coalesce(p.unit, d.publisher) AS unit_name,
               coalesce(p.project_name, d.title) AS project_name,
               coalesce(p.fiscal_year, d.fiscal_year) AS fiscal_year, d.file_name
        FROM page JOIN findings f ON f.rowid = page.place {JOINS}
        ORDER BY page.position
    """
