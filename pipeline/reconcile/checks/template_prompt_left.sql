-- 正式填报的自评表和报告中不应留有样表的填写提示。
-- id: K01
-- kind: template_text_left
-- scope: document
-- severity: medium
-- summary: {place}{places}留有样表提示语“{prompt}”
-- basis: 项目支出绩效自评表填表说明
-- applies: 写有目标、完成情况或正文的项目
-- excuse: 提示语保留而内容已填
WITH passage AS (
  SELECT project_id, document_id, '预期目标' AS place, goal_expected AS words,
    cell(project_id, 'goal_expected') AS id
  FROM projects WHERE goal_expected IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, '实际完成情况', goal_actual, cell(project_id, 'goal_actual')
  FROM projects WHERE goal_actual IS NOT NULL
  UNION ALL
  SELECT project_id, document_id, coalesce('“' || heading || '”一节', '正文'), text, section_id
  FROM sections
), searched AS (
  SELECT *, list_concat(
    regexp_extract_all(words, '[^，。；：\n]{0,30}[（(][^（）()]{0,40}(?:不超过|限|控制在)\s*\d+\s*字[^（）()]{0,8}[）)]|[^，。；：\n]{0,30}[（(][^（）()]{0,40}\d+\s*字(?:以内|左右|之内)[^（）()]{0,8}[）)]'
      || '|[（(\[〔［](?:请|此处|根据实际|按实际|简要说明|简述|填写说明)[^（）()\]〕］]{0,20}(?:填写|填列|填报|说明|描述|概括|补充|列示|分析)[^（）()\]〕］]{0,20}[）)\]〕］]'
      || '|【[^】]{0,8}(?:填写|填报|填表|说明)[^】]*】|[*＊]{2,}(?:万元|项目|单位|局|县)'
      || '|(?:根据|按照?)实际情?况?填写|此处填写|××+|[XxＸ]{2,}(?:项目|单位|部门|工程|万元|县|市|局|年)'),
    regexp_extract_all(words, '(?m)^[ \t　]*[（(](?:主要|应|需|须|逐项|简要|重点)*(?:包括|反映|说明|描述|简述|概述|填写|填报|介绍|将项目支出后)'
      || '[^（）()\d]{6,}(?:[（(][^（）()\d]{1,10}[）)][^（）()\d]*){0,4}[）)][ \t　\r]*$')) AS prompts
  FROM passage
), listed AS (
  SELECT project_id, any_value(document_id) AS document_id, count(*) FILTER (len(prompts) > 0) AS places,
    arg_min(place, spot) FILTER (len(prompts) > 0) AS place, arg_min(prompts[1], spot) FILTER (len(prompts) > 0) AS prompt,
    list(id ORDER BY spot) FILTER (len(prompts) > 0) AS ids
  FROM (SELECT *, row_number() OVER (ORDER BY length(id), id) AS spot FROM searched)
  GROUP BY project_id, CASE WHEN project_id IS NULL THEN document_id END, contains(id, '#'), suffix(id, 'goal_expected')
)
SELECT project_id, document_id, place, trim(prompt, ' 　\t\r\n') AS prompt,
  CASE WHEN places > 1 THEN '等 ' || places || ' 处' ELSE '' END AS places, prompt IS NULL AS holds,
  coalesce(ids, []) AS evidence
FROM listed
