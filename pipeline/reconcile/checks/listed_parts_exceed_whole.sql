-- 正文“其中”所列各项之和不应大于所说的总数。
-- id: A10
-- kind: parts_do_not_sum
-- scope: document
-- severity: medium
-- summary: 正文“{quote}”：所列各项合计 {actual} 万元，大于 {expected} 万元
-- basis: 绩效自评报告正文的分项与合计
-- applies: 写有“某某万元，其中：……”的正文
-- excuse: 所列各项互有包含
-- A list that begins a sentence (marked 〓) may be of any amount of the sentence before.
-- Lists need not be complete (主要用于 …), so a smaller sum is fine. Sentences that compare years, or nest
-- one list in another, are not judged.
WITH paragraph AS ( -- items that stand between semicolons behind a colon are one list
  SELECT section_id, project_id, document_id, ordinal,
    unnest(string_split(regexp_replace(regexp_replace(text, '\s|[（(][0-9一二三四五六七八九]{1,2}[）)]|[①-⑨]', '', 'g'), '。((?:其中|主要用于|具体为|分别为[:：]|具体支出|支出内容包括|资金来源为))', '，〓\1', 'g'), '。')) AS words
  FROM sections WHERE regexp_matches(text, '其中|用于|具体|[别要成]为|包括|明细|资金来源为')
), joined AS (
  SELECT * EXCLUDE (words), CASE WHEN regexp_full_match(words,
      '.*(?:其中|具体为|分别为|主要为|包括|用于|明细)[:：](?:[^，,；;0-9〓]{1,20}[0-9][0-9,]*\.?[0-9]*万元[；;]?)+') THEN regexp_replace(words, '(万元)[；;]', '\1，', 'g') ELSE words END AS words
  FROM paragraph
), sentence AS (
  SELECT * EXCLUDE (words), unnest(regexp_split_to_array(regexp_replace(regexp_replace(words,
      '[；;](其中|主要用于|具体为|分别为[:：]|具体支出|支出内容包括|资金来源为)', '，〓\1', 'g'),
      '[；;]([^；;〓]*万元，〓)', '；¤\1', 'g'), '[；;]')) AS sentence
  FROM joined
), listed AS (
  SELECT *, regexp_extract(sentence, '([0-9][0-9,]*\.?[0-9]*)万元[，,、（(]?〓?(?:其中|(?:主要|分别|具体|全部)?用于|(?:具体|分别|主要|构成)为[:：]?|具体支出|(?:支出内容|具体|主要)?包括|(?:支出)?明细[为:：]|资金来源为)', 1) AS whole_raw,
    regexp_replace(regexp_extract(sentence, '[0-9]万元[，,、（(]?〓?(?:其中|(?:主要|分别|具体|全部)?用于|(?:具体|分别|主要|构成)为[:：]?|具体支出为?|(?:支出内容|具体|主要)?包括|(?:支出)?明细[为:：]|资金来源为)(?:用于)?[:：]?(.*)$', 1),
      '[，,、]?(?:合计|共计)[:：]?[0-9][0-9,.]*万元$', '') AS list_raw,
    regexp_extract(sentence, '([^，,：:]{0,12}[0-9][0-9,]*\.?[0-9]*万元[，,、（(]?〓?(?:其中|(?:主要|分别|具体|全部)?用于|(?:具体|分别|主要|构成)为[:：]?|具体支出|(?:支出内容|具体|主要)?包括|(?:支出)?明细[为:：]|资金来源为).*)$', 1) AS words
  FROM sentence WHERE regexp_matches(sentence, '[0-9]万元[，,、（(]?〓?(?:其中|(?:主要|分别|具体|全部)?用于|(?:具体|分别|主要|构成)为[:：]?|具体支出|(?:支出内容|具体|主要)?包括|(?:支出)?明细[为:：]|资金来源为)')
), split AS (
  SELECT *, TRY_CAST(replace(whole_raw, ',', '') AS DECIMAL(20, 6)) AS whole,
    len(regexp_extract(whole_raw, '\.([0-9]*)', 1)) AS whole_digits,
    list_transform(regexp_extract_all(list_raw, '([0-9][0-9,]*\.?[0-9]*)万元', 1),
      lambda p: replace(p, ',', '')) AS parts,
    regexp_matches(list_raw, '其中|包括|用于|上年|去年|同比|增加|减少|增长|下降|预算|结余|结转|剩余|累计|人均|每|元/|共计|合计|带动|产值|收入|增收|投资|节约|贷款|税|销售|效益|补助标准|总投入')
      OR len(regexp_extract_all(list_raw, '[0-9]亿元|[0-9]元')) > 0
      -- 用于, 主要为 also say what one payment of several was for
      OR (regexp_matches(sentence, '万元[，,]?[^，,其0-9]{0,4}(?:用于|[主别]要?为)') AND (NOT regexp_full_match(list_raw, '(?:[^，,、；;0-9]{2,24}[0-9][0-9,]*\.?[0-9]*万元[，,、和及。]*)+')
        OR regexp_matches(list_raw, '[，,、](?:并|又|另)?(?:支付|支出|拨付|安排|列支|下达|投入|使用|补助|完成|实施)')
        OR NOT regexp_matches(words, '^[^0-9]*(?:共|总|全年|实际|累计|合计|资金|本年|项目支)|用于[:：]')
        OR regexp_matches(sentence, '[0-9]万元.*[0-9]万元[，,]?[^，,0-9]{0,4}(?:用于|[主别]要?为)')))
      OR regexp_matches(words, '^[^0-9]*(?:结余|结转|剩余|节约|收回|未支[出付]|未使用|未执行)') AS unsure,
    list_transform(regexp_extract_all(regexp_extract(sentence, '^(.*)〓', 1), '([0-9][0-9,]*\.?[0-9]*)万元', 1),
      lambda p: TRY_CAST(replace(p, ',', '') AS DECIMAL(20, 6))) AS earlier
  FROM listed
), summed AS (
  SELECT *, coalesce(len(earlier), 0) > 2 OR starts_with(sentence, '¤') AS of_list,
    list_sum(list_transform(parts, lambda p: TRY_CAST(p AS DECIMAL(20, 6)))) AS total,
    list_sum(list_transform(parts, lambda p:
      0.5 * CAST(pow(10, -len(regexp_extract(p, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)))) AS parts_half,
    0.5 * CAST(pow(10, -whole_digits) AS DECIMAL(20, 6)) AS whole_half
  FROM split WHERE len(parts) > 1
)
SELECT project_id, document_id, left(replace(replace(words, '，〓', '。'), '¤', ''), 80) AS quote, whole AS expected, total AS actual,
  greatest(total - parts_half - whole - whole_half, 0) AS difference, '万元' AS unit,
  CASE WHEN meets(total - parts_half, total + parts_half, whole - whole_half, whole + whole_half) THEN TRUE
    WHEN unsure OR total < whole OR total <= coalesce(list_max(earlier), 0) OR of_list THEN NULL ELSE FALSE END AS holds,
  CASE WHEN of_list THEN '前一句本身列有几个金额，不知道拆分的是哪一个'
    WHEN unsure THEN '句中另有比较、预算或层层列举，不能相加' ELSE '所列各项可能不全' END AS reason,
  [section_id] AS evidence
FROM summed
