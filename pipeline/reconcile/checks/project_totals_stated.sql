-- 正文所说全部自评项目的预算数、执行数应等于所附各项目自评表之和。
-- id: F01
-- kind: department_vs_projects
-- scope: document
-- severity: high
-- summary: 正文称自评项目{label} {actual} 万元，而所附 {found} 张项目自评表合计 {expected} 万元
-- basis: 部门绩效自评情况与所附项目支出绩效自评表应当一致
-- applies: 写有全部自评项目的预算数或执行数、又附有项目自评表的文档
-- excuse: 涉密或划转的项目未附自评表
-- confidence: review
-- Only where as many forms were found as the text counts, and each prints its total.
WITH sentence AS (
  SELECT document_id, section_id, ordinal,
    unnest(regexp_split_to_array(words, '[。；;]')) AS sentence
  FROM passages WHERE contains(text, '个') AND regexp_matches(simple(concat_ws('', heading, text)), '绩效|自评')
), counted AS (
  SELECT *, regexp_extract(sentence, '(?:(?:绩效评价|绩效自评|自评)(?:的)?项目(?:支出)?(?:共|共计|共有)?[0-9]{1,4}个'
    || '|(?:自评[，,]|共计?)涉及项目(?:支出)?[0-9]{1,4}个'
    || '|对20[0-9]{2}年度?(?:一般公共预算|预算安排的|全部|所有)?[0-9]{1,4}个项目(?:支出)?(?:全部)?(?:开展|进行|实施)了?(?:预算)?(?:绩效)?自评'
    || '|[0-9]{1,4}个项目(?:支出)?(?:全部)?纳入了?(?:20[0-9]{2}年度?)?(?:预算)?(?:单位|部门)?(?:绩效)?自评'
    || '|[0-9]{1,4}个项目(?:支出)?(?:全部)?(?:开展|进行)了?(?:单位|部门)?(?:绩效)?自评'
    || '|对(?:全部|所有|本部门)?[0-9]{1,4}个项目(?:支出)?(?:全部)?(?:开展|进行|实施)了?(?:绩效)?自评).*$') AS words
  FROM sentence
), amount AS (
  SELECT document_id, section_id, ordinal,
    TRY_CAST(regexp_extract(words, '([0-9]{1,4})个', 1) AS INTEGER) AS said,
    unnest([{'stage': 'annual_budget', 'label': '全年预算数', 'raw': regexp_extract(words,
        '(?:全年)?预算(?:数|总额|资金)?(?:共|共计|合计|为)?([0-9][0-9,]*\.?[0-9]*)万元', 1)},
      {'stage': 'executed', 'label': '全年执行数', 'raw': regexp_extract(words,
        '(?:执行|支出)(?:数|总额|金额)?(?:共|共计|合计|为)?([0-9][0-9,]*\.?[0-9]*)万元', 1)},
      {'stage': 'any', 'label': '涉及资金', 'raw': regexp_extract(words,
        '涉及(?:财政|项目)?(?:资金|金额)(?:总额)?(?:共|共计|合计|为)?([0-9][0-9,]*\.?[0-9]*)万元', 1)}]) AS f
  FROM counted WHERE words <> ''
), stated AS (
  SELECT document_id, section_id, ordinal, said, f.stage AS stage, f.label AS label,
    TRY_CAST(replace(f.raw, ',', '') AS DECIMAL(20, 6)) AS amount,
    TRY_CAST(concat('0.', repeat('0', greatest(length(split_part(f.raw, '.', 2)) - 1, 0)),
      CASE WHEN contains(f.raw, '.') THEN '1' END) AS DECIMAL(20, 6)) AS fraction
  FROM amount WHERE f.raw <> ''
), total AS (
  SELECT p.document_id, m.stage, count(DISTINCT p.project_id) AS printed, sum(m.amount) AS amount,
    sum(m.low) AS low, sum(m.high) AS high, list(m.fund_ids[1] ORDER BY p.ordinal) AS ids
  FROM projects p JOIN (SELECT * FROM money WHERE source = 'total' AND amount IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY project_id, stage ORDER BY ordinal) = 1) m USING (project_id)
  WHERE p.scope = 'project' AND p.has_form GROUP BY p.document_id, m.stage
), forms AS (
  SELECT document_id, count(*) FILTER (scope = 'project' AND has_form) AS found FROM projects GROUP BY document_id
), judged AS (
  SELECT s.*, f.found, t.stage AS form_stage, t.amount AS summed, t.low, t.high, t.ids, t.printed,
    lo(s.amount, CASE WHEN s.fraction > 0 THEN s.fraction ELSE 1 END) AS said_low,
    hi(s.amount, CASE WHEN s.fraction > 0 THEN s.fraction ELSE 1 END) AS said_high
  FROM stated s JOIN forms f USING (document_id)
  LEFT JOIN total t ON t.document_id = s.document_id AND (t.stage = s.stage
    OR (s.stage = 'any' AND t.stage IN ('annual_budget', 'initial_budget', 'executed')))
)
SELECT document_id, label, found, summed AS expected, amount AS actual,
  gap(said_low, said_high, low, high) AS difference, '万元' AS unit,
  CASE WHEN meets(said_low, said_high, low, high) THEN TRUE
    WHEN found = 0 OR said <> found OR printed <> found OR low IS NULL THEN NULL ELSE FALSE END AS holds,
  CASE WHEN found = 0 THEN '文档没有附项目自评表' WHEN said <> found THEN '自评表张数与所说的项目个数不同'
    ELSE '有的自评表没有印出总额' END AS reason,
  list_concat([section_id], ids) AS evidence
FROM judged
-- 涉及资金 may be the budget or what was spent: the one that fits, else the budget
QUALIFY row_number() OVER (PARTITION BY document_id, stage, amount
  ORDER BY ordinal, coalesce(meets(said_low, said_high, low, high), FALSE) DESC, form_stage) = 1
