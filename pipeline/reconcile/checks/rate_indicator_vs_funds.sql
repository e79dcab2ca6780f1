-- 作为指标填报的执行率、支付率、到位率应与资金表算出的一致。
-- id: B05
-- kind: table_vs_text
-- scope: document
-- severity: high
-- summary: 指标“{level3}”完成值 {actual}%，而{source_label}按资金表为 {expected}%
-- basis: 财预〔2020〕10号：预算执行率=预算执行数÷全年预算数
-- applies: 以执行率、支付率、到位率为指标、又印有资金表的项目
-- excuse: 统计时点不同，或只计其中一项资金
-- Any line of the form and any of its budgets may be meant; 及时率 and 使用率 speak of something else.
WITH named AS (
  SELECT *, contains(level3, '到位') AS arrives FROM measures
  WHERE regexp_matches(level3, '(?:预算|资金|经费|支出)[^率]{0,6}(?:执行|支出|支付|到位|完成)率$|^(?:执行|支付|到位)率$')
    AND NOT regexp_matches(level3, '及时|按时|合规|规范|准确|使用|发放|个|人')
    AND actual_kind = 'percent' AND actual_value IS NOT NULL
), based AS (
  SELECT n.*, l.source_label, l.source, l.ordinal AS line,
    unnest([
      {'p': l.executed, 'w': l.annual}, {'p': l.executed, 'w': l.initial},
      {'p': l.executed, 'w': l.appropriated}, {'p': l.appropriated, 'w': l.annual},
      {'p': l.appropriated, 'w': l.initial}]) AS u
  FROM named n JOIN fund_lines l USING (project_id)
), tested AS (
  SELECT *, rate_meets(u.p.low, u.p.high, u.w.low, u.w.high, least(actual_low, actual), actual_high) AS fits,
    rate_meets(u.p.low, u.p.high, u.w.low, u.w.high, actual_value, actual_value + 2 * (actual_high - actual_value))
      AS cuts
  FROM based WHERE u.w.amount > 0 AND u.p.clear AND u.w.clear
), judged AS (
  SELECT project_id, indicator_id, any_value(document_id) AS document_id, any_value(level3) AS level3,
    any_value(actual_value) AS actual, bool_or(fits) OR bool_or(cuts) AS fits,
    any_value(arrives) AND NOT bool_or(u.p.label IS NOT NULL AND contains(u.p.label, '到位')) AS no_arrival,
    arg_min(source_label, line) AS source_label, arg_min(rate_of(u.p.amount, u.w.amount), line) AS expected,
    arg_min(u.p.id, line) AS part_id, arg_min(u.w.id, line) AS whole_id
  FROM tested GROUP BY project_id, indicator_id
)
SELECT n.project_id, n.document_id, n.indicator_id, n.level3, j.source_label, j.expected, n.actual_value AS actual,
  abs(j.expected - n.actual_value) AS difference, '%' AS unit,
  CASE WHEN j.fits THEN TRUE WHEN j.project_id IS NULL OR j.no_arrival OR j.fits IS NULL THEN NULL
    ELSE FALSE END AS holds,
  CASE WHEN j.project_id IS NULL THEN '资金表没有可以计算的预算数与执行数'
    WHEN j.no_arrival THEN '资金表没有到位数' ELSE '不知道印到第几位小数' END AS reason,
  [cell(n.indicator_id, 'actual_raw'), j.whole_id, j.part_id] AS evidence
FROM named n LEFT JOIN judged j USING (project_id, indicator_id)
