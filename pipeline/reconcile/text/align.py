"""Which indicator a claim of running text speaks of: names compared by their signs, best only.

A report words one thing in two orders (培训护林员, 护林员培训人次), so names are compared as bags
of signs after the words that any name may carry are taken off. A match counts only where it is
clearly the best for both sides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import duckdb
import pyarrow as pa

from pipeline.reconcile.steps import Step

ACCEPTED = 0.8  # share of common signs from which two names mean one thing
CONTAINED = 0.6  # the same where all of the shorter name stands in the longer
SHORTEST = 3  # signs; shorter names say too little
MARGIN = 0.1  # by which the best match must beat the next
TIE = 0.05  # claims that match an indicator about as well as its best
HABITUAL = re.compile(
    r"[\W_\d]|^(?:的|在|并|共计?|全年|本年度?|年度|实际|累计|项目|本项目|该项目|实施|完成|实现|开展|组织|举办|保障|做好)+"
    r"|(?:总?数量|总数|人数|户数|次数|场次|人次|个数|台数|批次|份数|数|量|情况|共|共计|累计|合计|完成|工作|任务|达到|完成率"
    r"|实际完成值|实际值|完成值|实际|指标)+$"
)
EXTENT = re.compile("(?:里程|面积|长度|规模|金额)$")  # named with the quantity, or left to its unit
CANDIDATES = """
SELECT s.claim_id, s.role, g.indicator_id, s.subject, g.level3
FROM spoken s JOIN (SELECT DISTINCT project_id, indicator_id, level3, dimension, bare FROM gauges) g
  USING (project_id)
WHERE s.kind <> 'date' AND s.subject IS NOT NULL AND s.value IS NOT NULL
  AND CASE WHEN s.bare = '%' OR g.bare = '%' THEN s.bare = g.bare
    WHEN g.bare IS NULL OR s.bare = g.bare THEN TRUE
    WHEN 'any' IN (s.dimension, g.dimension)
      THEN coalesce(s.dimension, '') <> 'money' AND coalesce(g.dimension, '') <> 'money'
    ELSE s.dimension = g.dimension END
ORDER BY s.claim_id, g.indicator_id
"""
ITEM_CANDIDATES = """
SELECT f.fund_id, f.stage, g.indicator_id, f.source_label, g.level3
FROM funds f JOIN (SELECT DISTINCT project_id, indicator_id, level3 FROM gauges
  WHERE dimension = 'money') g USING (project_id)
WHERE f.origin = 'text' AND f.source <> 'total' AND f.amount IS NOT NULL
  AND f.stage IN ('annual_budget', 'executed')
ORDER BY f.fund_id, g.indicator_id
"""


@dataclass(frozen=True, slots=True)
class Match:
    """Two names that mean one thing, and how sure that is, up to 1."""

    spoken: str
    indicator: str
    likeness: float


@lru_cache(maxsize=65536)
def core(name: str) -> str:
    """The part of a name that tells it from others.

    >>> core("护林员培训人次"), core("全年培训护林员"), core("完成名录库调查更新（份）")
    ('护林员培训', '培训护林员', '名录库调查更新份')
    """
    trimmed = HABITUAL.sub("", HABITUAL.sub("", name))
    bare = EXTENT.sub("", trimmed)
    return bare if len(bare) > SHORTEST else trimmed


def likeness(spoken: str, indicator: str) -> float:
    """How alike what is said is to an indicator's name: the whole of it, or the last of a list.

    >>> likeness("完成效果评估、组织企业开展治理培训", "组织企业开展治理培训")
    1.0
    """
    last = spoken.rpartition("、")[2]
    return max(_share(spoken, indicator), _share(last, indicator) if last != spoken else 0.0)


def _share(left: str, right: str) -> float:
    """Share of common signs of two names, whatever their order; 0 where it says too little.

    >>> _share("护林员培训人次", "全年培训护林员")
    1.0
    >>> _share("设备验收合格率", "工程验收合格率"), _share("合格率", "培训合格率")
    (0.0, 0.75)
    """
    a, b = core(left), core(right)
    if min(len(a), len(b)) < SHORTEST:
        return 0.0
    common = sum((Counter(a) & Counter(b)).values())
    share = 2 * common / (len(a) + len(b))
    least = CONTAINED if common == min(len(a), len(b)) else ACCEPTED
    return share if share >= least else 0.0


def best_matches(candidates: Iterable[tuple[str, str, str, str, str]]) -> tuple[Match, ...]:
    """The matches clearly best for what is said, and about the best for the indicator.

    A candidate is what is said, its role, the indicator and both names; roles do not compete.
    """
    found: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
    for spoken, role, indicator, left, right in candidates:
        share = likeness(left, right)
        if share:
            found[spoken].append((share, indicator, role))
    clear: list[tuple[Match, str]] = []
    leaders: dict[tuple[str, str], float] = defaultdict(float)
    for spoken, matches in found.items():
        matches.sort(reverse=True)
        share, indicator, role = matches[0]
        leaders[indicator, role] = max(leaders[indicator, role], share)
        if len(matches) == 1 or share - matches[1][0] >= MARGIN or share == 1.0 > matches[1][0]:
            clear.append((Match(spoken, indicator, share), role))
    return tuple(
        match for match, role in clear if match.likeness >= leaders[match.indicator, role] - TIE
    )


def _align(table: str, key: str, query: str, *reads: str) -> Step:
    """The step that makes the table of the best matches between what is said and indicators."""

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        matches = best_matches(connection.execute(query).fetchall())
        rows = pa.table(
            {
                key: pa.array([match.spoken for match in matches], pa.string()),
                "indicator_id": pa.array([match.indicator for match in matches], pa.string()),
                "likeness": pa.array([match.likeness for match in matches], pa.float64()),
            }
        )
        connection.register("new_matches", rows)
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM new_matches")
        connection.unregister("new_matches")

    return Step((table,), reads, work, (table,))


TABLES = (
    _align("alignments", "claim_id", CANDIDATES, "spoken", "gauges"),
    _align("item_alignments", "fund_id", ITEM_CANDIDATES, "gauges"),
)
