-- 资金得分应等于分值乘以执行率。
-- kind: score_mismatch
-- severity: medium
-- summary: {source_label}执行率 {rate}%，分值 {weight}，按比例应得 {expected} 分，印为 {actual} 分
-- basis: 财预〔2020〕10号：预算执行率按比例计分
-- applies: 既印分值又印得分的资金行
-- confidence: review
-- Either the printed rate or that of the amounts may have been used, and a rule that gives nothing below
-- 60 % is accepted too. More than the proportion may follow a grade rule of the unit: that is low, unless
-- the same document scores another line in proportion.
WITH total AS (
  SELECT * FROM fund_lines WHERE source = 'total'
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), part AS (
  SELECT * FROM fund_lines WHERE source NOT IN ('total', 'component') AND annual.amount > 0
  QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1
), scored AS (
  SELECT s.project_id, s.document_id, s.ordinal, s.source_label, s.weight, s.score, s.execution_rate,
    coalesce(s.rate_resolution, last_digit(s.execution_rate)) AS rate_digit, s.score_resolution,
    s.source = 'total' AND l.annual.amount = 0 AND p.project_id IS NOT NULL AS zero_total,
    CASE WHEN s.source = 'total' AND l.annual.amount = 0 THEN p.annual ELSE
      coalesce(l.annual, l.initial, l.appropriated) END AS budget,
    CASE WHEN s.source = 'total' AND l.annual.amount = 0 THEN p.executed ELSE l.executed END AS executed,
    t.annual AS total_budget, t.executed AS total_executed
  FROM fund_scores s
  LEFT JOIN fund_lines l ON (l.project_id, l.source_label) = (s.project_id, s.source_label)
  LEFT JOIN total t ON t.project_id = s.project_id
  LEFT JOIN part p ON p.project_id = s.project_id
  WHERE s.weight > 0 AND s.score IS NOT NULL
), based AS (
  SELECT *, unnest([
    CASE WHEN budget.amount > 0 AND budget.clear AND executed.clear THEN
      {'p_low': executed.low, 'p_high': executed.high, 'w_low': budget.low, 'w_high': budget.high} END,
    CASE WHEN total_budget.amount > 0 AND total_budget.clear AND total_executed.clear THEN
      {'p_low': total_executed.low, 'p_high': total_executed.high, 'w_low': total_budget.low,
       'w_high': total_budget.high} END,
    CASE WHEN NOT coalesce(zero_total, FALSE) THEN
      {'p_low': lo(execution_rate, rate_digit), 'p_high': hi(execution_rate, rate_digit),
       'w_low': 100.0, 'w_high': 100.0} END,
    CASE WHEN execution_rate > 0 AND execution_rate <= 1.5 THEN
      {'p_low': lo(execution_rate, rate_digit), 'p_high': hi(execution_rate, rate_digit),
       'w_low': 1.0, 'w_high': 1.0} END]) AS u
  FROM scored
), tested AS (
  SELECT project_id, ordinal,
    -- score × whole against weight × part, where no part counts beyond its whole
    product(hi(score, score_resolution), u.w_high) < product(weight, least(u.p_low, u.w_low)) AS below,
    product(lo(score, score_resolution), u.w_low) > product(weight, least(u.p_high, u.w_high)) AS above,
    score_resolution < 1 AND product(score + score_resolution, u.w_high)
      > product(weight, least(u.p_low, u.w_low)) AS cuts,
    -- nothing below 60 %, then (rate − 0.6) ÷ 0.4
    product(lo(score, score_resolution), u.w_low) * 2
      <= product(weight, greatest(u.p_high * 5 - u.w_low * 3, 0))
    AND product(hi(score, score_resolution), u.w_high) * 2
      >= product(weight, greatest(u.p_low * 5 - u.w_high * 3, 0)) AS steep
  FROM based WHERE u.w_low > 0 AND u.p_low IS NOT NULL
), verdicts AS (
  SELECT project_id, ordinal, NOT bool_and(below) AND NOT bool_and(above) AS rounds,
    bool_or(steep) AS steep, bool_and(below) AND bool_or(cuts) AS cuts, bool_and(above) AS above
  FROM tested GROUP BY project_id, ordinal
), shown AS (
  SELECT s.*, v.rounds OR v.steep AS fits, v.cuts, v.above,
    CASE WHEN zero_total OR execution_rate IS NULL THEN rate_of(executed.amount, budget.amount)
      WHEN execution_rate <= 1.5 AND execution_rate > 0 THEN execution_rate * 100
      ELSE execution_rate END AS rate,
    coalesce(bool_or((v.rounds OR v.cuts) AND s.score < s.weight)
      OVER (PARTITION BY s.document_id), FALSE) AS proportional
  FROM scored s LEFT JOIN verdicts v USING (project_id, ordinal)
)
SELECT project_id, document_id, source_label, weight, rate,
  CAST(rate_of(product(weight, least(rate, 100)), 10000) AS DECIMAL(18, 2)) AS expected,
  score AS actual, '分' AS unit,
  abs(CAST(rate_of(product(weight, least(rate, 100)), 10000) AS DECIMAL(18, 2)) - score) AS difference,
  fits AS holds,
  CASE WHEN score_resolution IS NULL THEN '不知道得分印到第几位小数'
    ELSE '没有执行率，也没有可以计算执行率的金额' END AS reason,
  CASE WHEN cuts OR (above AND NOT proportional) THEN 'low' END AS severity,
  CASE WHEN cuts THEN '按截断则一致' WHEN above AND proportional THEN '同一文件的其他资金行按比例计分' END AS note,
  [fund_score_cell(project_id, ordinal, 'execution_rate'), fund_score_cell(project_id, ordinal, 'weight'),
   fund_score_cell(project_id, ordinal, 'score'), budget.id, executed.id] AS evidence
FROM shown
