"""Units of measure as printed in targets and actuals: what they measure and how they convert.

Two units that count different things (件 and 万元) cannot be compared; two words for one thing
(人次 and 人) can. A unit that stands in no group is never a reason for a finding.
"""

from __future__ import annotations

import duckdb

from schemas.tables import literal

# dimension, (spelling, factor to the dimension's base) …; counters that forms use for one another
# share a dimension with factor 1.
GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("money", (("元", "1"), ("块钱", "1"), ("千元", "1000"), ("万元", "10000"), ("万", "10000"),
               ("百万元", "1000000"), ("亿元", "100000000"), ("亿", "100000000"))),
    ("percent", (("%", "1"), ("百分点", "1"), ("个百分点", "1"))),
    ("person", (("人", "1"), ("人次", "1"), ("名", "1"), ("位", "1"), ("人数", "1"), ("人员", "1"),
                ("个人", "1"), ("万人", "10000"), ("万人次", "10000"), ("学员", "1"))),
    ("day", (("天", "1"), ("日", "1"), ("工作日", "1"), ("个工作日", "1"), ("日历天", "1"))),
    ("month", (("月", "1"), ("个月", "1"))),
    ("year", (("年", "1"), ("年度", "1"))),
    ("hour", (("小时", "1"), ("时", "1"), ("个小时", "1"), ("学时", "1"), ("课时", "1"))),
    ("minute", (("分钟", "1"), ("分", "1"))),
    ("time", (("次", "1"), ("次数", "1"), ("回", "1"), ("期", "1"), ("场", "1"), ("场次", "1"),
              ("批", "1"), ("批次", "1"), ("轮", "1"), ("班次", "1"), ("班", "1"), ("期次", "1"),
              ("场（次）", "1"), ("届", "1"))),
    ("project", (("项", "1"), ("件", "1"), ("宗", "1"), ("起", "1"), ("例", "1"), ("笔", "1"),
                 ("项目", "1"), ("个项目", "1"), ("单", "1"), ("桩", "1"))),
    ("unit", (("家", "1"), ("所", "1"), ("户", "1"), ("户次", "1"), ("家次", "1"), ("村", "1"),
              ("社区", "1"), ("单位", "1"), ("企业", "1"), ("家企业", "1"), ("万户", "10000"))),
    ("machine", (("台", "1"), ("套", "1"), ("台套", "1"), ("台/套", "1"), ("辆", "1"), ("部", "1"),
                 ("架", "1"), ("组", "1"), ("盏", "1"), ("块", "1"), ("把", "1"), ("只", "1"),
                 ("艘", "1"), ("台次", "1"), ("辆次", "1"), ("支", "1"), ("根", "1"), ("座", "1"),
                 ("处", "1"), ("栋", "1"), ("间", "1"), ("件套", "1"), ("副", "1"))),
    ("paper", (("份", "1"), ("册", "1"), ("本", "1"), ("篇", "1"), ("期刊", "1"), ("张", "1"),
               ("页", "1"), ("万份", "10000"), ("万册", "10000"))),
    ("mass", (("克", "0.001"), ("千克", "1"), ("公斤", "1"), ("kg", "1"), ("斤", "0.5"),
              ("吨", "1000"), ("t", "1000"), ("万吨", "10000000"))),
    ("length", (("米", "1"), ("m", "1"), ("延米", "1"), ("公里", "1000"), ("千米", "1000"),
                ("km", "1000"), ("万米", "10000"))),
    ("area", (("平方米", "1"), ("㎡", "1"), ("m2", "1"), ("m²", "1"), ("平米", "1"),
              ("万平方米", "10000"), ("平方公里", "1000000"), ("公顷", "10000"))),
    ("field", (("亩", "1"), ("万亩", "10000"), ("亩次", "1"), ("万亩次", "10000"))),
    ("volume", (("立方米", "1"), ("m3", "1"), ("m³", "1"), ("方", "1"), ("万立方米", "10000"))),
    ("animal", (("头", "1"), ("羽", "1"), ("匹", "1"), ("尾", "1"), ("头次", "1"),
                ("万头", "10000"))),
    ("grade", (("级", "1"), ("等级", "1"))),
)

# 个 counts anything, and 项 or 处 is often printed for it: it never contradicts another counter.
ANY_COUNTER = ("个", "万个", "数量", "条", "种", "类", "点", "颗", "株", "棵", "人天", "人·天")


def register_units(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `units(unit, dimension, factor)`."""
    rows = [(unit, dimension, factor) for dimension, group in GROUPS for unit, factor in group]
    rows += [(unit, "any", "10000" if unit.startswith("万") else "1") for unit in ANY_COUNTER]
    values = ", ".join(f"({literal(u)}, {literal(d)}, {factor})" for u, d, factor in rows)
    connection.execute(
        "CREATE TABLE units AS SELECT unit, dimension, "
        "CAST(factor AS DECIMAL(14, 3)) AS factor "
        f"FROM (VALUES {values}) AS known(unit, dimension, factor)"
    )
