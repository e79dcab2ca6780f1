"""Small text reports with a form each, as many as asked for; the same seed gives the same bytes.

Every form closes: sums, rates and scores agree. It is printed in one of the layouts that published
text dumps have (a cell a line, a row a line, bars, tabs, one run), with a page of prose before it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

SEED = 20260101
FOLDER_DOCUMENTS = 1_000  # files of one folder, as a collector would keep them
CENT = Decimal("0.01")

PLACES = ("清溪", "岷川", "东岭", "临湖", "澜源", "襄河", "梅岭", "颍溪", "沙洲", "云泽")
OFFICES = ("水务局", "林业和草原局", "民政局", "教育局", "交通运输局", "文化广播电视和旅游局")
WORKS = ("渠道清淤", "道路养护", "助学补助", "护林员补助", "图书馆开放", "供水管网维修", "养老服务")
OUTPUTS = ("数量指标", "质量指标", "时效指标", "成本指标")
EFFECTS = ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标")
COUNTED = (("维修管网长度", "公里"), ("补助人数", "人"), ("培训场次", "场"), ("购置设备数量", "台"))
RATED = ("验收合格率", "资金拨付率", "档案完整率", "设施完好率", "问题整改率")
EFFECTIVE = ("受益人口覆盖面", "投诉办结情况", "管护机制健全性", "公众知晓程度", "环境改善程度")

FUNDS = "项目资金（万元）"
STAGES = ("年初预算数", "全年预算数", "全年执行数")

Row = tuple[str, ...]
Figures = tuple[Decimal, Decimal, Decimal]  # initial budget, annual budget, executed, in 万元


def report(number: int, seed: int = SEED) -> str:
    """The text of one report."""
    random = Random(seed * 1_000_003 + number)
    layout = LAYOUTS[number % len(LAYOUTS)]
    place, office, work = (random.choice(each) for each in (PLACES, OFFICES, WORKS))
    year = random.randint(2019, 2025)
    name = f"{year}年{place}县{work}项目第{number}期"
    unit = f"{place}县{office}"
    initial = Decimal(random.randint(2_000, 900_000)) / 100
    annual = initial + Decimal(random.randint(0, 9_000)) / 100
    executed = (annual * random.randint(7_000, 10_000) / 10_000).quantize(CENT, ROUND_HALF_UP)
    figures = (initial, annual, executed)
    rows = [*_heading(name, unit, office), *_funds(figures), *_goals(name, executed)]
    rows += _indicators(random, year, figures)
    title = f"项目支出绩效自评表\n（{year}年度）"
    return f"{_prose(name, unit, year, figures)}\n{title}\n{layout(rows)}\n"


def _prose(name: str, unit: str, year: int, figures: Figures) -> str:
    initial, annual, executed = figures
    rate = _percent(executed, annual)
    return (
        f"{unit}{name}绩效自评报告\n\n一、项目概况\n{unit}按年度计划组织实施{name}，落实责任到科室。\n"
        f"二、项目资金情况\n年初预算{initial}万元，全年预算{annual}万元，截至{year}年12月31日"
        f"实际支出{executed}万元，预算执行率{rate}%。\n三、存在的问题和改进措施\n"
        "个别台账登记不及时，下一步统一使用终端登记，按季度核对。\n"
    )


def _heading(name: str, unit: str, office: str) -> list[Row]:
    return [("项目名称", name), ("主管部门", office, "实施单位", unit)]


def _funds(figures: Figures) -> list[Row]:
    initial, annual, executed = figures
    rate = f"{_percent(executed, annual)}%"
    score = (10 * executed / annual).quantize(CENT, ROUND_HALF_UP)
    amounts = tuple(map(str, figures))
    return [
        (FUNDS, "", *STAGES, "分值", "执行率", "得分"),
        ("", "年度资金总额", *amounts, "10", rate, str(score)),
        ("", "其中：当年财政拨款", *amounts, "—", "—", "—"),
        ("", "上年结转资金", "0", "0", "0", "—", "—", "—"),
        ("", "其他资金", "0", "0", "0", "—", "—", "—"),
    ]


def _goals(name: str, executed: Decimal) -> list[Row]:
    return [
        ("年度总体目标", "预期目标", "实际完成情况"),
        ("", f"完成{name}全部任务。", f"全部任务按期完成，支付{executed}万元。"),
    ]


def _indicators(random: Random, year: int, figures: Figures) -> list[Row]:
    head = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分")
    lines: list[Row] = [("绩效指标", *head, "偏差原因分析及改进措施")]
    scored = (10 * figures[2] / figures[1]).quantize(CENT, ROUND_HALF_UP)
    weights = [Decimal(each) for each in (10, 10, 10, 10, 10, 10, 10, 10, 10)]
    for index, cells in enumerate(_cells(random, year, figures)):
        first = "产出指标" if index == 0 else "效益指标" if index == 5 else ""
        first = "满意度指标" if index == 8 else first
        lines.append(("", first, *cells, str(weights[index]), str(weights[index]), ""))
    lines.append(("总分", "100", str(sum(weights) + scored), ""))
    return lines


def _cells(random: Random, year: int, figures: Figures) -> Iterator[Row]:
    for second, (label, measure) in zip(("数量指标", ""), random.sample(COUNTED, 2), strict=True):
        count = random.randint(3, 900)
        yield second, label, f"≥{count}{measure}", f"{count + random.randint(0, 9)}{measure}"
    for second, label in zip(("质量指标",), random.sample(RATED, 1), strict=True):
        yield second, label, f"≥{random.randint(80, 95)}%", f"{random.randint(95, 100)}%"
    yield "时效指标", "任务完成时间", f"{year}年12月底前", f"{year}年11月{random.randint(1, 30)}日"
    yield "成本指标", "项目总成本", f"≤{figures[1]}万元", f"{figures[2]}万元"
    for second, label in zip(random.sample(EFFECTS, 3), random.sample(EFFECTIVE, 3), strict=True):
        yield second, label, "有效提升", "达成预期指标"
    yield "服务对象满意度指标", "受益群众满意度", "≥90%", f"{random.randint(90, 100)}%"


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(CENT, ROUND_HALF_UP)


def _cell_lines(rows: list[Row]) -> str:
    return "\n".join("\t" + "\n\t".join(cell or " " for cell in row) + "\n" for row in rows)


def _tab_rows(rows: list[Row]) -> str:
    return "\n".join("\t".join(row) for row in rows)


def _bar_rows(rows: list[Row]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cell_bars(rows: list[Row]) -> str:
    return "\n".join(" |\n".join(row) + " |" for row in rows)


def _one_run(rows: list[Row]) -> str:
    return " ".join(cell for row in rows for cell in row if cell)


LAYOUTS = (_cell_lines, _tab_rows, _bar_rows, _cell_bars, _one_run)


def write(folder: Path, documents: int, seed: int = SEED) -> None:
    """Write that many reports below a folder, some thousand to a folder of its own."""
    for number in range(documents):
        place = folder / f"{number // FOLDER_DOCUMENTS:03d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06d}.txt").write_text(report(number, seed), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
