-- 纳入自评的项目应覆盖全部项目支出。
-- id: F03
-- kind: missing_value
-- scope: document
-- severity: medium
-- summary: 决算的项目支出 {expected} 万元，所附 {found} 张项目自评表执行数合计 {actual} 万元，仅占 {rate}%
-- basis: 财预〔2020〕10号：单位自评的对象包括纳入政府预算管理的所有项目支出
-- applies: 既有决算的项目支出、又写明自评项目个数并附齐自评表的文档
-- excuse: 其余项目涉密，或由主管部门另行评价
-- confidence: review
-- Said only where less than half of the expenditure is covered and all forms the text counts were found.
WITH account AS (
  SELECT document_id, arg_min(amount, ordinal) AS amount, arg_min(account_id, ordinal) AS id
  FROM account_lines WHERE stage = 'executed' AND amount > 0 AND label = '项目支出' GROUP BY document_id
), total AS (
  SELECT p.document_id, count(*) AS found, sum(m.amount) AS amount, list(m.fund_ids[1] ORDER BY p.ordinal) AS ids
  FROM projects p LEFT JOIN (SELECT * FROM money WHERE source = 'total' AND stage = 'executed' AND amount IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY project_id ORDER BY ordinal) = 1) m USING (project_id)
  WHERE p.scope = 'project' AND p.has_form GROUP BY p.document_id HAVING count(m.amount) = count(*)
), stated AS (
  SELECT document_id, max(TRY_CAST(regexp_extract(words,
    '(?:绩效评价|绩效自评|自评)(?:的)?项目(?:支出)?(?:共|共计|共有)?([0-9]{1,4})个', 1) AS INTEGER)) AS said
  FROM passages GROUP BY document_id
)
SELECT t.document_id, t.found, a.amount AS expected, t.amount AS actual, a.amount - t.amount AS difference,
  '万元' AS unit, rate_of(t.amount, a.amount) AS rate,
  CASE WHEN t.amount * 2 >= a.amount THEN TRUE WHEN s.said IS DISTINCT FROM t.found THEN NULL ELSE FALSE END AS holds,
  '没有写明自评项目个数，或自评表未附齐' AS reason,
  list_concat([a.id], t.ids) AS evidence
FROM total t JOIN account a USING (document_id) LEFT JOIN stated s USING (document_id)
