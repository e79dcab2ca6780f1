-- 报告中办理本项目财务、采购、档案等事务的应是本单位或主管部门，不应是无关的单位。
-- id: J02
-- kind: copied_text
-- scope: document
-- severity: medium
-- summary: {place}写“{quote}”，而本报告的单位是{unit}，疑为套用他人报告时遗留
-- basis: 绩效自评报告应如实反映本单位情况
-- applies: 正文中以单位名称开头、说到资金或管理事务的句子
-- excuse: 该单位是共同实施单位或上级单位
-- confidence: review
-- Only a name that heads its sentence, does what the unit that spends does, and stands nowhere else in the
-- report. Finance and audit bureaus, units of the same document, and a unit of the same kind in another
-- place (most likely the superior one) are left alone; a unit of the same place only where both the unit and
-- the department in charge are known. Of two counties or districts neither is the superior of the other.
WITH own AS (
  SELECT p.project_id, p.document_id, p.unit,
    fold_text(simple(concat_ws('，', p.unit, p.competent_department, p.project_name))) AS names,
    coalesce(nullif(regexp_extract(simple(p.unit), '^(\p{Han}{2,6}?(?:自治州|自治县|市|县|区|旗|州|盟))', 1), ''),
      regexp_extract(simple(p.competent_department), '^(\p{Han}{2,6}?(?:自治州|自治县|市|县|区|旗|州|盟))', 1)) AS region,
    p.unit IS NOT NULL AND p.competent_department IS NOT NULL AS both_known
  FROM projects p WHERE p.unit IS NOT NULL
), document AS (
  SELECT document_id, string_agg(names, '，') AS names FROM own GROUP BY document_id
), titled AS (
  SELECT document_id, fold_text(simple(concat_ws('，', title, publisher))) AS title FROM documents
), printed AS (
  SELECT project_id, string_agg(fold_text(simple(coalesce(heading, '') || text)), '') AS words
  FROM sections WHERE project_id IN (SELECT project_id FROM unit_mentions) GROUP BY project_id
), mention AS (
  SELECT m.*, o.unit, o.region AS own_region, o.both_known, d.names AS known, t.title, w.words,
    o.names AS own_names
  FROM unit_mentions m JOIN own o USING (project_id) JOIN document d ON d.document_id = m.document_id
  JOIN titled t ON t.document_id = m.document_id JOIN printed w ON w.project_id = m.project_id
  WHERE m.of_duties AND NOT regexp_matches(m.region, '^(?:每|各|全|本|我|该|其|经|由|按|在|对|为|根据|通过|自治)|年')
), judged AS (
  SELECT *, contains(known, name) OR contains(title, name) OR contains(known, organ) OR contains(title, organ)
      OR len(list_filter(string_split(known, '，'), lambda k: length(k) >= 4 AND (contains(name, k)
        OR starts_with(k, region) AND levenshtein(k, name) <= 2))) > 0 AS ours,
    (length(words) - length(replace(words, name, ''))) / length(name) AS times,
    regexp_matches(organ, '财政|审计|纪委|监委|监察|人民政府|国库|公共资源|政府采购|发展和改革|发改|税务|街道') AS official,
    region <> own_region AS elsewhere,
    coalesce(region <> own_region AND regexp_matches(region, '[县区旗]$') AND regexp_matches(own_region, '[县区旗]$')
      AND NOT contains(own_names, region), FALSE) AS beside
  FROM mention
)
SELECT project_id, document_id, coalesce('“' || heading || '”一节', '正文') AS place,
  left(regexp_extract(sentence, '[^，,]*' || name || '.*$'), 40) AS quote, unit,
  CASE WHEN ours AND NOT beside THEN TRUE WHEN official OR times > 1 OR (NOT coalesce(elsewhere, FALSE) AND NOT both_known)
      OR (inside AND NOT (coalesce(elsewhere, FALSE) AND (NOT suffix(region, '市') OR suffix(own_region, '市'))))
    THEN NULL ELSE FALSE END AS holds,
  CASE WHEN official THEN '财政、审计等部门，可能是监管单位' WHEN times > 1 THEN '报告中多次写到，可能是共同实施单位'
    ELSE '不知道主管部门' END AS reason,
  [section_id, cell(project_id, 'unit')] AS evidence
FROM judged
