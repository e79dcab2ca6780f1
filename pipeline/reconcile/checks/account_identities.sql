-- 决算说明中列全的各分项之和应等于其合计。
-- id: F05 F06 F08
-- kind: parts_do_not_sum
-- scope: document
-- severity: high
-- summary: {label}印为 {actual} 万元，而{part_labels}合计 {expected} 万元
-- basis: 部门决算报表的勾稽关系
-- applies: 决算说明中既印合计又印各分项的段落
-- excuse: 各分项按四舍五入取数，或另有未列出的分项
-- confidence: review
-- Only splits that are complete by definition, with every part printed in the same passage as the total; lists
-- that may leave out a kind of income or expenditure count only where their shares make 100 %, or where kinds of
-- income or expenditure, or income or outlay with what was carried over, are more than the whole.
WITH identity(rule, whole, part, parts, complete) AS (VALUES
  (1, '政府采购(?:支出)?(?:总额|合计|共计)', '政府采购(?:货物|工程|服务)(?:类)?(?:支出|金额)?', 3, TRUE),
  (2, '.{0,8}[“"]?三公[”"]?经费(?:财政拨款)?(?:支出)?(?:决算数?|合计|总额)?', '(?:因公出国(?:[（(]境[）)])?费(?:用)?|公务用车购置及运行(?:维护)?费(?:用)?|公务接待费(?:用)?)(?:支出)?(?:决算数?)?', 3, TRUE),
  (3, '公务用车购置及运行(?:维护)?费(?:用)?(?:支出)?', '(?:公务用车购置费|公务用车运行(?:维护)?费)(?:用)?(?:支出)?', 2, TRUE),
  (4, '.{0,12}基本支出', '人员经费|公用经费|日常公用经费', 2, TRUE),
  (5, '(?:本年)?支出合计|本年支出', '基本支出|项目支出|上缴上级支出|经营支出|对附属单位补助支出', 2, FALSE),
  (6, '(?:本年)?收入合计|本年收入', '财政拨款收入|上级补助收入|事业收入|经营收入|附属单位上缴收入|其他收入', 2, FALSE),
  (7, '收入总计', '本年收入(?:合计)?|使用非财政拨款结余(?:[（(].*[）)])?|年初结转和结余', 3, TRUE),
  (8, '支出总计', '本年支出(?:合计)?|结余分配|年末结转和结余', 3, TRUE),
  (9, '一般公共预算财政拨款支出', '[^()（）]+支出[(（]类[)）]', 2, FALSE)
), line AS (
  SELECT *, lo(amount, resolution) AS low, hi(amount, resolution) AS high FROM account_lines
  WHERE amount IS NOT NULL AND coalesce(stage, 'executed') IN ('executed', 'carried_forward')
), whole AS (
  SELECT i.rule, i.part AS part_words, i.parts AS wanted, i.complete, l.*
  FROM identity i JOIN line l ON regexp_full_match(l.label, i.whole)
  QUALIFY row_number() OVER (PARTITION BY i.rule, l.document_id, l.section ORDER BY l.ordinal) = 1
), part AS (
  SELECT w.rule, w.document_id, w.section, l.label, l.amount, l.low, l.high, l.share_pct, l.account_id, l.ordinal
  FROM whole w JOIN line l ON l.document_id = w.document_id AND l.section IS NOT DISTINCT FROM w.section
    AND l.ordinal > w.ordinal AND regexp_full_match(l.label, w.part_words)
  QUALIFY row_number() OVER (PARTITION BY w.rule, w.document_id, w.section, l.label ORDER BY l.ordinal) = 1
), summed AS (
  SELECT rule, document_id, section, count(*) AS parts, sum(amount) AS amount, sum(low) AS low, sum(high) AS high,
    sum(share_pct) AS shares, count(share_pct) = count(*) AS shared, string_agg(label, '、' ORDER BY ordinal) AS labels,
    list(account_id ORDER BY ordinal) AS ids
  FROM part GROUP BY rule, document_id, section
)
SELECT w.document_id, w.label, s.labels AS part_labels, s.amount AS expected, w.amount AS actual,
  gap(s.low, s.high, w.low, w.high) AS difference, '万元' AS unit,
  CASE WHEN meets(s.low, s.high, w.low, w.high) THEN TRUE WHEN s.low IS NULL OR w.low IS NULL THEN NULL
    WHEN w.complete AND s.parts = w.wanted THEN FALSE
    WHEN w.rule IN (5, 6, 7, 8) AND s.parts > 1 AND s.low > w.high THEN FALSE
    WHEN NOT w.complete AND s.parts >= w.wanted AND s.shared AND s.shares BETWEEN 99.9 AND 100.1 THEN FALSE END AS holds,
  CASE WHEN s.low IS NULL OR w.low IS NULL THEN '不知道金额印到第几位小数' ELSE '分项没有列全' END AS reason,
  list_concat([w.account_id], s.ids) AS evidence
FROM whole w JOIN summed s ON s.rule = w.rule AND s.document_id = w.document_id
  AND s.section IS NOT DISTINCT FROM w.section
