"""Claims and amounts of running text as comparable figures: what they are of, and which to leave.

A claim tells a goal or a result; what is planned, cumulative, partial, approximate or of another
year is quiet: it is kept, and never compared.
"""

from __future__ import annotations

from pipeline.reconcile.steps import table_step

MACROS = (
    # -- 2.36万次 is 23,600 of the unit 次 where the units know no 万次
    "ten_thousands(u) AS CASE WHEN starts_with(u, '万') AND length(u) > 1 THEN 10000 ELSE 1 END",
    "bare_unit(u) AS CASE WHEN starts_with(u, '万') AND length(u) > 1 THEN substr(u, 2) ELSE u END",
    # -- the ends a printed figure may stand for, whether rounded or cut off
    "spoken_lo(v, r) AS least(lo(v, r), cut_lo(v, r))",
    "spoken_hi(v, r) AS greatest(hi(v, r), cut_hi(v, r))",
    # -- whether the last time that words name is only a part of the year
    "part_of_year(t) AS regexp_matches(coalesce(list_extract(regexp_extract_all(t, "
    "'上半年|下半年|[一二三四]季度|[0-9]{1,2}月|全年|年度|年[底末终]'), -1), ''), "
    "'半年|季度|^(?:[1-9]|0[1-9]|10|11)月$')",
)

GOAL_HEADINGS = "目标|立项|依据|设定"
RESULT_HEADINGS = (
    "完成|实现|绩效情况|绩效分析|绩效指标|绩效表现|产出|效益|效果|成效|满意|服务对象|结论|成果|实施|业绩|履职"
    "|项目管理|组织管理|组织情况"
)
GOAL_SENTENCES = (
    "目标(?:设定|为|是|包括|可概括|值|[0-9一二三四五六七八九])|应实现|应达到|预期目标|申报"
    "|年初设定|计划(?:[^清书表]|$)|预计"
)
REACHED = "[^，。；]{0,6}(?:的|之)(?:工作)?(?:基础|成果|成效|成绩)"  # 在举办8期的基础上
RESULT_CLAUSES = "完成|实际|已|开展了|举办了|达到|全年|新增|共"
# What stands before a figure that is no result of this project and year.
QUIET_CLAUSES = (
    "计划(?:[^清书表]|$)|拟|预计|将|力争|争取|应当|要求|下一步|明年|次年|下年|未达|未完成|尚未|未能|不足|约|近[0-9]?$|历年|以来"
    "|至今|每|人均|户均|平均|半年|季度|上年|去年|同比|较|分别|目标|任务|(?:^|[^高])标准|(?:^|[^草平高])原|由$|从$|或|余|超过|提高|增加|减少"
    "|降低|下降|增长|扣除|抽查(?:[^结]|$)|抽样(?:[^调检]|$)|剩余|其他|另"
)
OF_THE_YEAR = "全年|本年|当年|年内|年[底末]|12月31日"  # 累计 with one of these is of the year
QUIET_SEGMENTS = "其中|分别|第[一二三四五六七八九十0-9]+[期批轮]|截至目前|历年|以来|一期|二期"
QUIET_AFTER = "余|多[个人家户场次项]|左右|的?目标|的?任务|上下|至|-|~|～|—"

SPOKEN = f"""
CREATE TABLE spoken AS
WITH placed AS (
  SELECT c.*, p.fiscal_year, simple(coalesce(c.heading, '')) AS head,
    coalesce(c.sentence, '') AS words,
    strpos(coalesce(c.sentence, ''), simple(regexp_replace(c.raw, '\\s', '', 'g'))) AS spot,
    length(regexp_replace(c.raw, '\\s', '', 'g')) AS size,
    CASE WHEN c.kind = 'count' THEN fold_unit(c.unit) ELSE '%' END AS spelling
  FROM claims c JOIN projects p USING (project_id)
  WHERE c.kind IN ('count', 'rate', 'satisfaction', 'date')
), cut AS (
  SELECT *, left(words, greatest(spot - 1, 0)) AS before,
    CASE WHEN spot > 0 THEN substr(words, spot + size) ELSE '' END AS after
  FROM placed
), framed AS (
  SELECT *, regexp_extract(before, '[^，,；;：:]*$') AS clause,
    regexp_extract(before, '[^；;]*$') AS segment
  FROM cut
), told AS (
  SELECT *,
    CASE WHEN head = '实际完成情况' THEN 'result'
      WHEN regexp_matches(before, '{GOAL_SENTENCES}') THEN 'goal'
      WHEN regexp_matches(head, '{RESULT_HEADINGS}') THEN 'result'
      WHEN regexp_matches(head, '{GOAL_HEADINGS}') THEN 'goal'
      WHEN regexp_matches(after, '^{REACHED}') THEN 'result'
      WHEN regexp_matches(clause, '{RESULT_CLAUSES}') THEN 'result' ELSE 'other' END AS role,
    regexp_matches(clause, '{QUIET_CLAUSES}') OR regexp_matches(segment, '{QUIET_SEGMENTS}')
      OR (contains(segment, '累计') AND NOT regexp_matches(segment, '{OF_THE_YEAR}'))
      OR regexp_matches(after, '^(?:{QUIET_AFTER})')
      OR len(list_filter(regexp_extract_all(segment,
        '(?:^|[^0-9.,])(20[0-3][0-9])(?:[^0-9.,]|$)', 1),
        lambda y: y <> coalesce(fiscal_year::VARCHAR, y))) > 0 AS quiet
  FROM framed
), measured AS (
  SELECT t.*, coalesce(u.dimension, b.dimension) AS dimension,
    coalesce(u.factor, b.factor * ten_thousands(t.spelling), ten_thousands(t.spelling))
      ::DECIMAL(14, 3) AS factor,
    CASE WHEN u.unit IS NULL THEN bare_unit(t.spelling) ELSE t.spelling END AS bare
  FROM told t LEFT JOIN units u ON u.unit = t.spelling
    LEFT JOIN units b ON b.unit = bare_unit(t.spelling)
)
SELECT claim_id, project_id, document_id, ordinal, kind, simple(subject) AS subject, raw, operator,
  heading, head, role, quiet, before, dimension, bare, locator,
  quantity(value, factor) AS value, quantity(spoken_lo(value, resolution), factor) AS low,
  quantity(spoken_hi(value, resolution), factor) AS high,
  TRY_CAST(regexp_extract(raw, '(\\d{{4}})年', 1) AS INTEGER) AS year,
  TRY_CAST(regexp_extract(raw, '年(\\d{{1,2}})月', 1) AS INTEGER) AS month,
  TRY_CAST(regexp_extract(raw, '月(\\d{{1,2}})日', 1) AS INTEGER) AS day
FROM measured
"""

# A whole target or actual that counts is exact; money and rates are rounded for print.
GAUGES = """
CREATE TABLE gauges AS
WITH side AS (
  SELECT project_id, document_id, indicator_id, ordinal, level3, 'target' AS side,
    target_value AS value, target_resolution AS resolution, target_op AS op,
    target_high AS value_end,
    target_kind AS kind, target_raw AS printed, coalesce(target_unit, actual_unit) AS unit
  FROM indicators WHERE target_value IS NOT NULL AND target_kind IN ('number', 'percent')
  UNION ALL
  SELECT project_id, document_id, indicator_id, ordinal, level3, 'actual', actual_value,
    actual_resolution, actual_op, NULL, actual_kind, actual_raw, coalesce(actual_unit, target_unit)
  FROM indicators WHERE actual_value IS NOT NULL AND actual_kind IN ('number', 'percent')
), spelled AS (
  SELECT *, CASE WHEN kind = 'percent' THEN '%' ELSE coalesce(fold_unit(unit),
    nullif(regexp_extract(level3, '[（(](\\p{L}{1,4})[）)]$', 1), '')) END AS spelling
  FROM side
), measured AS (
  SELECT s.*, coalesce(u.dimension, b.dimension) AS dimension,
    coalesce(u.factor, b.factor * ten_thousands(s.spelling), ten_thousands(s.spelling), 1)
      ::DECIMAL(14, 3) AS factor,
    CASE WHEN u.unit IS NULL THEN bare_unit(s.spelling) ELSE s.spelling END AS bare
  FROM spelled s LEFT JOIN units u ON u.unit = s.spelling
    LEFT JOIN units b ON b.unit = bare_unit(s.spelling)
)
SELECT * EXCLUDE (value, value_end, unit, factor), quantity(value, factor) AS value,
  quantity(lo(value, resolution), factor) AS low, quantity(hi(value, resolution), factor) AS high,
  quantity(value_end, factor) AS value_end
FROM measured
"""

# An amount that names no item, only a verb, or the project itself, is of the whole project: but not
# one of several payments, nor what was spent by some month.
PARTIAL = (
    "上半年|下半年|[一二三四]季度|(?:^|[^0-9])(?:[1-9]|10|11)月|首付|预付|尾款|进度款|质保"
    "|先后|分别|其中|上年|去年|每|累计安排|[一二两三四五]年(?:规划|计划|总)|总体规划"
    "|部门(?:年度)?预算总|(?:部门|单位)总预算"
)
# What is of several years: 2022年至2024年，总投资900万元.
YEARS = "20[0-9]{2}年?(?:至|到|—|－|-|~|～)20[0-9]{2}年|规划期|建设期"
STATED_TOTALS = f"""
CREATE TABLE stated_totals AS
WITH label AS (
  SELECT f.*, p.has_form, fold_text(simple(f.source_label)) AS words,
    simple(regexp_replace(f.raw, '\\s', '', 'g')) AS printed,
    fold_text(regexp_replace(simple(coalesce(p.project_name, '')),
      '^[0-9A-Z]{{6,}}[-—]|20[0-9][0-9]年度?|项目$|经费$|资金$', '', 'g')) AS name
  FROM funds f JOIN projects p USING (project_id)
  WHERE f.origin = 'text' AND f.amount IS NOT NULL
), whole AS (
  SELECT *, source = 'total' AS plain,
    regexp_full_match(words, '(?:本?年度?|全年|实际|据实|共计?|累计|财政)*'
    || '(?:支付|支出|列支|执行|申请预算|安排|下达|批复|预算|使用|花费|开支|落实|到位|拨付到位)'
    || '(?:财政|专项|项目)*(?:资金|经费)?') AS verb_only
  FROM label
), kept AS MATERIALIZED (
  SELECT * FROM whole
  WHERE plain OR verb_only
    OR (length(name) >= 5 AND contains(regexp_replace(words, '20[0-9][0-9]年度?', '', 'g'), name)
      AND length(words) <= length(name) + 14)
), verb AS (
  SELECT project_id, stage, count(*) AS verbs FROM kept WHERE verb_only AND NOT plain GROUP BY ALL
), passage AS (
  SELECT project_id, words FROM passages
  UNION ALL SELECT project_id, simple(regexp_replace(goal_actual, '\\s', '', 'g')) FROM projects
  UNION ALL SELECT project_id, simple(regexp_replace(goal_expected, '\\s', '', 'g')) FROM projects
), placed AS MATERIALIZED (
  SELECT k.fund_id, p.fiscal_year,
    regexp_extract(right(left(s.words, strpos(s.words, k.printed) - 1), 48), '[^。；;]*$') AS before
  FROM kept k JOIN passage s USING (project_id) JOIN projects p USING (project_id)
  WHERE contains(s.words, k.printed)
), framed AS (
  SELECT *, regexp_extract(right(before, 24), '[^，,]*$') AS clause FROM placed
), partial AS (
  SELECT DISTINCT fund_id FROM framed
  WHERE regexp_matches(clause, '{PARTIAL}') OR regexp_matches(before, '{YEARS}')
    OR part_of_year(before)
), elsewhen AS (
  SELECT DISTINCT fund_id FROM framed WHERE regexp_matches(clause, '20[0-9][0-9]年')
    AND NOT contains(clause, fiscal_year::VARCHAR)
)
SELECT * EXCLUDE (verbs, verb_only), fund_id IN (SELECT fund_id FROM elsewhen) AS other_year
FROM kept LEFT JOIN verb USING (project_id, stage)
WHERE (plain OR NOT verb_only OR verbs = 1) AND fund_id NOT IN (SELECT fund_id FROM partial)
"""

TABLES = (table_step(SPOKEN), table_step(GAUGES), table_step(STATED_TOTALS, "passages"))
