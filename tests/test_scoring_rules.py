"""Scoring rules: the language, the packs, and what documents say in their own words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Cell, Document, Paragraph, Table
from extractors.prose.scoring import parse_clauses, read_scoring_rules
from pipeline.reconcile.pieces import InvalidRule, parse_formula, parse_piece
from pipeline.reconcile.rules import builtin_rules, read_pack
from schemas.columns import Locator

TEN = Decimal(10)


def told(text: str) -> list[tuple[str, str | None, str]]:
    return [(c.applies_to, c.condition, c.formula) for c in parse_clauses(text)]


@pytest.mark.parametrize(
    ("formula", "completion", "score"),
    [
        ("w", "0.5", "10"),
        ("0", "0.5", "0"),
        ("w * r", "0.85", "8.5"),
        ("w * (r - 0.6) / 0.4", "0.9", "7.5"),
        ("w * (r - 0.6) / 0.4", "0.5", "0"),  # never below nothing
        ("w * (1 - 1 * (r - 1))", "1.64", "3.6"),
        ("w - 50 * (1 - r)", "0.96", "8"),
        ("-w + 20 * r", "0.9", "8"),
        ("w * r", "1.5", "10"),  # never above the weight
    ],
)
def test_formulas(formula: str, completion: str, score: str) -> None:
    lowest, highest = parse_formula(formula)
    assert lowest == highest
    assert lowest.at(TEN, Decimal(completion)) == Decimal(score)


@pytest.mark.parametrize(
    "formula",
    ["w * w", "r * r", "w / r", "w * r * r", "x", "w ** 2", "w(", "", "w.real", "f(w)", "[w]"]
    + ["w / 0"],
)
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(InvalidRule):
        parse_formula(formula)


@pytest.mark.parametrize(
    ("condition", "ends"),
    [
        ("r < 1", ("0", "1", True, False)),
        ("r <= 0.6", ("0", "0.6", True, True)),
        ("0.6 <= r < 1", ("0.6", "1", True, False)),
        ("1 < r <= 1.3", ("1", "1.3", False, True)),
        ("r > 1.3", ("1.3", "1000", False, True)),
        ("r >= 1", ("1", "1000", True, True)),
        ("r = 1", ("1", "1", True, True)),
    ],
)
def test_conditions(condition: str, ends: tuple[str, str, bool, bool]) -> None:
    piece = parse_piece(condition, "w")
    low, high, low_closed, high_closed = ends
    assert (piece.low, piece.high) == (Decimal(low), Decimal(high))
    assert (piece.low_closed, piece.high_closed) == (low_closed, high_closed)


@pytest.mark.parametrize("condition", ["", "r", "r < ", "1 > r > 0", "2 <= r < 1", "w < 1"])
def test_what_is_no_condition_is_refused(condition: str) -> None:
    if condition == "r":  # no bound at all is every completion
        assert parse_piece(condition, "w").high == Decimal(1000)
        return
    with pytest.raises(InvalidRule):
        parse_piece(condition, "w")


def test_every_pack_reads_and_names_each_rule_once() -> None:
    rules = builtin_rules()
    names = [rule.rule_id for rule in rules]
    assert len(names) == len(set(names))
    assert {rule.pack for rule in rules} >= {"national", "xinjiang", "suzhou"}


def test_what_was_not_seen_is_marked_in_the_explanation() -> None:
    for rule in builtin_rules():
        assert ("未" in rule.told.removeprefix(rule.source)) == (rule.status != "seen")


def test_every_measure_has_a_default() -> None:
    measures = {m for rule in builtin_rules() if rule.is_default for m in rule.measures}
    assert measures == {"up", "ratio", "excess", "grade", "date", "exec"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "number"', 'kind = "figure"'),
        ('status = "seen"', 'status = "guessed"'),
        ('["r < 1", "w * r"]', '["r < 1", "w * w"]'),
        ('measures = ["up"]', 'measures = ["sideways"]'),
        ('source = "附注"', 'source = "附注"\nauthor = "张三"'),
        ('id = "own.rule"\n', ""),
    ],
)
def test_a_faulty_pack_is_told_by_name(tmp_path: Path, old: str, new: str) -> None:
    text = (
        'pack = "own"\n[[rule]]\nid = "own.rule"\nkind = "number"\nmeasures = ["up"]\n'
        'source = "附注"\nstatus = "seen"\npieces = [["r < 1", "w * r"]]\n'
    )
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    assert [rule.rule_id for rule in read_pack(path)] == ["own.rule"]
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidRule, match=r"own\.toml"):
        read_pack(path)


SUZHOU = (
    "4.定性指标按照好、较好、一般、较差、差等级评分，分别得对应权重值的100%、80%、60%、40%和20%。"
    "定量指标评分规则：“产出”类每项指标的实际完成值对应预期设定的目标值，完成100%~130%得权重值满分，"
    "实际完成值每低于目标值1个百分点相应扣减权重值的5%，超过130%的每超过1%扣权重值1%；"
    "除指标解释中有特别说明的以外，“投入”类指标评分规则同“产出”类指标；“结果”类每项指标的实际完成值对应"
    "预期设定的目标值，完成100%~200%得权重值满分，超过200%的每超过1%扣权重值1%，实际完成值每低于目标值"
    "1个百分点相应扣减权重值的5%。某项指标无法提供具体数值，且无说明，得0分。"
)


def test_the_fine_print_of_suzhou() -> None:
    below = ("r < 1", "w * (1 - 5 * (1 - r))")
    output = [("1 <= r <= 1.3", "w"), below, ("r > 1.3", "w * (1 - 1 * (r - 1.3))")]
    result = [("1 <= r <= 2", "w"), below, ("r > 2", "w * (1 - 1 * (r - 2))")]
    shares = (("好", "1"), ("较好", "0.8"), ("一般", "0.6"), ("较差", "0.4"), ("差", "0.2"))
    expected = {("定性指标", f"grade = {name}", f"{share} * w") for name, share in shares}
    expected |= {("产出类定量指标", *piece) for piece in output}
    expected |= {("投入类定量指标", *piece) for piece in output}
    expected |= {("结果类定量指标", *piece) for piece in result}
    expected.add(("指标", "missing", "0"))
    assert set(told(SUZHOU)) == expected


NATIONAL = (
    "注：1.定量指标，完成指标值的，记该指标所赋全部分值；未完成的，按照完成值与指标值的比例记分；"
    "对完成值高于指标值较多的，按照偏离度适度调减分值。2.定性指标分为达成年度指标、部分达成年度指标并具有"
    "一定效果、未达成年度指标且效果较差三档，分别按照该指标对应分值区间100%-80%（含80%）、"
    "80%-60%（含60%）、60%-0%合理确定分值。"
)


def test_the_national_note() -> None:
    assert told(NATIONAL)[:3] == [
        ("定量指标", "r = 1", "w"),
        ("定量指标", "r < 1", "w * r"),
        ("定量指标", "r > 1", "[w * (2 - r), w]"),
    ]
    assert ("定性指标", "grade = 部分达成", "[0.6 * w, 0.8 * w]") in told(NATIONAL)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (
            "定量指标若为正向指标（即目标值为≥X,得分=权重*B/A），反向指标（即目标值为≤X，得分=权重*A/B）",
            [
                ("正向定量指标", "r < 1", "w * r"),
                ("正向定量指标", "r >= 1", "w"),
                ("反向定量指标", "r < 1", "w * r"),
                ("反向定量指标", "r >= 1", "w"),
            ],
        ),
        (
            "定性指标按100-80%（含80%）、80-50%（含50%）、50-0%记分",
            [
                ("定性指标", "grade = 达成", "[0.8 * w, w]"),
                ("定性指标", "grade = 基本达成", "[0.5 * w, w]"),
                ("定性指标", "grade = 部分达成", "[0.5 * w, 0.8 * w]"),
                ("定性指标", "grade = 未达成", "[0, 0.5 * w]"),
            ],
        ),
        (
            "完成率≥90%得满分，每低5个百分点扣1分，低于60%不得分",
            [
                ("定量指标", "r >= 0.9", "w"),
                (
                    "定量指标",
                    "0.6 <= r < 0.9",
                    "[w - 1 - 20 * (0.9 - r), w + 1 - 20 * (0.9 - r)]",
                ),
                ("定量指标", "r < 0.6", "0"),
            ],
        ),
        ("每降低1个百分点扣0.5分", [("定量指标", "r < 1", "w - 50 * (1 - r)")]),
        (
            "达到目标值得满分，未达到目标值的按完成比例得分",
            [("定量指标", "r >= 1", "w"), ("定量指标", "r < 1", "w * r")],
        ),
        ("预算执行率每低于1个百分点扣0.2分", [("预算执行率", "r < 1", "w - 20 * (1 - r)")]),
        ("按照完成比例赋分", []),  # the name of a rule, not the rule
        ("项目资金执行率达到100%，群众满意度95%，自评得分98分。", []),
        ("得分一档最高不能超过该指标分值上限。", []),
    ],
)
def test_notes_of_forms(text: str, rules: list[tuple[str, str | None, str]]) -> None:
    assert told(text) == rules


def test_identities_that_a_form_states() -> None:
    text = "指标结余数=年初预算数+当年调整预算数-财政拨款数，各项指标分值=该类总分值/指标个数"
    assert told(text) == [
        ("指标结余数", None, "年初预算数+当年调整预算数-财政拨款数"),
        ("各项指标分值", None, "该类总分值/指标个数"),
    ]


def test_places_cut_out_the_words_and_rules_of_a_row_stay_with_it() -> None:
    note, own = "填表说明：“产出”类完成100%~130%得满分", "完成率达到90%得满分"
    first = len(note) + 1
    cells = (
        Cell(0, 0, own, own, Locator(char_start=first, char_end=first + len(own))),
        Cell(0, 1, own + "。", own + "。", Locator(path="table[1]/row[1]/cell[2]")),
    )
    document = Document(
        "text/plain",
        (
            Paragraph(note, note, Locator(char_start=0, char_end=len(note))),
            Table(cells, 1, 2, Locator(path="table[1]")),
        ),
        source_text=f"{note}\n{own}",
    )
    rules = read_scoring_rules(document, "d" * 64, frozenset({own}))
    source = document.source_text or ""
    assert [rule.applies_to for rule in rules] == ["产出类定量指标", f"赋分规则：{own}"]
    for rule in rules:
        assert rule.locator is not None
        assert source[rule.locator.char_start : rule.locator.char_end] == rule.raw


@given(st.text(alphabet="产出类定量性指标每低于超过完成率得满分扣减按比例0123456789%个百分点，。；：“”()~-=/*AB"))
def test_no_text_breaks_the_parser_and_every_rule_it_gives_can_be_used(text: str) -> None:
    for clause in parse_clauses(text):
        assert 0 <= clause.start < clause.end <= len(text)
        if clause.condition is not None:
            parse_piece(clause.condition, clause.formula)
