-- 正文所说的自评项目个数应等于所附的项目自评表张数。
-- id: F02
-- kind: department_vs_projects
-- scope: document
-- severity: medium
-- summary: 正文称自评项目 {actual} 个，所附项目支出绩效自评表 {expected} 张
-- basis: 财预〔2020〕10号：部门应当组织所有项目支出开展绩效自评
-- applies: 写有自评项目个数又附有项目自评表的文档
-- excuse: 其余自评表另行公开，或涉密
-- confidence: review
-- Only a document that says the forms are attached and carries some; where it was not read to its end, nothing is said.
WITH sentence AS (
  SELECT document_id, section_id, ordinal,
    unnest(regexp_split_to_array(words, '[。；;]')) AS sentence
  FROM passages WHERE contains(text, '个') AND regexp_matches(simple(concat_ws('', heading, text)), '绩效|自评')
), stated AS (
  SELECT *, TRY_CAST(coalesce(
    nullif(regexp_extract(sentence, '(?:绩效评价|绩效自评|自评)(?:的)?项目(?:支出)?(?:共|共计|共有)?([0-9]{1,4})个', 1), ''),
    nullif(regexp_extract(sentence, '对(?:全部|所有|本部门)?([0-9]{1,4})个项目(?:支出)?(?:全部)?(?:开展|进行|实施)了?(?:绩效)?自评', 1), ''),
    nullif(regexp_extract(sentence, '对20[0-9]{2}年度?(?:一般公共预算|预算安排的|全部|所有)?([0-9]{1,4})个项目(?:支出)?(?:全部)?(?:开展|进行|实施)了?(?:预算)?(?:绩效)?自评', 1), ''),
    nullif(regexp_extract(sentence, '(?:自评[，,]|(?:自评[，,])?共计?)涉及项目(?:支出)?([0-9]{1,4})个', 1), ''),
    nullif(regexp_extract(sentence, '(?:形成|填报|报送)?项目(?:支出)?绩效自评表([0-9]{1,4})[个张份]', 1), ''),
    nullif(regexp_extract(sentence, '([0-9]{1,4})个项目(?:支出)?(?:全部)?纳入了?(?:20[0-9]{2}年度?)?(?:预算)?(?:单位|部门)?(?:绩效)?自评', 1), ''),
    nullif(regexp_extract(sentence, '纳入(?:绩效)?自评(?:范围)?的项目(?:支出)?(?:共|共计|共有)?([0-9]{1,4})个', 1), ''),
    nullif(regexp_extract(sentence, '([0-9]{1,4})个项目(?:支出)?(?:全部)?(?:开展|进行)了?(?:单位|部门)?(?:绩效)?自评', 1), '')) AS INTEGER) AS said
  FROM sentence
), attached AS (
  SELECT document_id, bool_or(regexp_matches(text, '附.{0,30}自评表|自评表.{0,10}附|见附[件表]')) AS attached
  FROM passages GROUP BY document_id
), forms AS (
  SELECT document_id, count(*) FILTER (scope = 'project' AND has_form) AS found FROM projects GROUP BY document_id
)
SELECT s.document_id, f.found AS expected, s.said AS actual, abs(s.said - f.found) AS difference, '个' AS unit,
  CASE WHEN s.said = f.found THEN TRUE WHEN f.found = 0 OR d.status <> 'ok' OR NOT a.attached THEN NULL ELSE FALSE END AS holds,
  CASE WHEN f.found = 0 THEN '文档没有附项目自评表' WHEN NOT a.attached THEN '没有写明自评表附后' ELSE '文档有内容未能读出' END AS reason,
  [s.section_id] AS evidence
FROM stated s JOIN forms f USING (document_id) JOIN documents d USING (document_id)
  JOIN attached a USING (document_id)
WHERE s.said IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY s.document_id, s.said ORDER BY s.ordinal) = 1
