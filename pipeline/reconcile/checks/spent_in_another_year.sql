-- 正文所述的本项目支出不应写成另一年度的支出。
-- id: H02
-- kind: year_mismatch
-- scope: document
-- severity: medium
-- summary: {place}把 {stated} 写作 {actual} 年的支出，而自评表为 {expected} 年度的执行数
-- basis: 绩效自评以预算年度为周期
-- applies: 正文写有某年支出总额、自评表印有执行数的项目
-- excuse: 上年资金结转到本年使用
-- confidence: review
-- Only an amount that is the executed total of the form, in a sentence that names an earlier year and not the reported
-- one. What is told as of the end of another year is year_in_goals'.
WITH passage AS (
  SELECT project_id, section_id AS id, coalesce('“' || heading || '”一节', '正文') AS place,
    regexp_replace(text, '\s', '', 'g') AS words
  FROM sections WHERE project_id IN (SELECT project_id FROM stated_totals)
), said AS (
  SELECT t.project_id, t.document_id, t.fund_id, regexp_replace(t.raw, '\s', '', 'g') AS stated,
    spoken_lo(t.amount, t.resolution) AS low, spoken_hi(t.amount, t.resolution) AS high
  FROM stated_totals t WHERE t.stage = 'executed' AND t.amount > 0
), placed AS (
  SELECT s.*, w.place, regexp_extract(left(w.words, strpos(w.words, s.stated) - 1), '[^。；;]*$') AS before,
    regexp_extract(substr(w.words, strpos(w.words, s.stated)), '^[^。；;]*') AS after
  FROM said s JOIN passage w ON w.project_id = s.project_id AND contains(w.words, s.stated)
), dated AS (
  SELECT p.*, j.fiscal_year, j.project_name,
    TRY_CAST(list_extract(regexp_extract_all(p.before, '(20[0-9][0-9])年', 1), -1) AS INTEGER) AS year
  FROM placed p JOIN projects j USING (project_id) WHERE j.fiscal_year IS NOT NULL AND j.has_form
), compared AS (
  SELECT d.*, bool_or(coalesce(meets(d.low, d.high, m.low, m.high), FALSE)) AS fits, any_value(m.fund_ids[1]) AS form_id
  FROM dated d JOIN money m ON m.project_id = d.project_id AND m.stage = 'executed' AND m.source = 'total'
  WHERE d.year IS NOT NULL GROUP BY ALL
)
SELECT project_id, document_id, place, stated, fiscal_year AS expected, year AS actual, abs(year - fiscal_year) AS difference,
  '年' AS unit,
  CASE WHEN year = fiscal_year THEN TRUE WHEN year > fiscal_year OR NOT fits
      OR contains(before || after, fiscal_year::VARCHAR) OR contains(coalesce(project_name, ''), year::VARCHAR)
      OR regexp_matches(before, '(?:截至|截止|至|到)20[0-9][0-9]年|结转|上年|下达|批复|根据|[〔《]')
    THEN NULL ELSE FALSE END AS holds,
  '可能是对比、结转或文件的年份' AS reason, [fund_id, form_id, cell(project_id, 'fiscal_year')] AS evidence
FROM compared
