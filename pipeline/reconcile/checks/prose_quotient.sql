-- 同一句写明两个金额和占比、或本年上年金额和增减率的，应当算得出来。
-- id: B06 B07
-- kind: rate_mismatch
-- scope: document
-- severity: medium
-- summary: {place}写“{quote}”：{part} ÷ {whole} = {expected}%，印为 {actual}%
-- basis: 占比=分项÷合计；增减率=增减额÷上年数
-- applies: 项目报告中一句写有两个金额及其占比，或增减额、上年数和增减率的正文
-- excuse: 增减率以调整后的上年数为分母
-- confidence: review
-- The lines of final accounts are share_of_whole's and growth_rate's; rates of execution are left to their own checks.
WITH sentence AS (
  SELECT s.section_id, s.project_id, s.document_id, coalesce('“' || s.heading || '”一节', '正文') AS place,
    unnest(regexp_split_to_array(s.words, '[。；;\n]')) AS sentence
  FROM passages s WHERE s.project_id IS NOT NULL AND regexp_matches(s.text, '[%％]') AND contains(s.text, '元')
), found AS (
  SELECT *, regexp_extract(sentence,
      '(([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)[，,]占[^，,0-9（(]{0,16}?([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)的?(?:比例|比重)?(?:为|是)?([0-9]+(?:\.[0-9]+)?)[%％])',
      ['quote', 'part', 'part_unit', 'whole', 'whole_unit', 'rate']) AS share,
    regexp_extract(sentence,
      '(([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)[，,]其中[:：]?[^，,0-9（(]{1,20}?([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)[，,]占(?:比|[^，,0-9（(]{0,10}的)?(?:比例|比重)?(?:为|达)?([0-9]+(?:\.[0-9]+)?)[%％])',
      ['quote', 'whole', 'whole_unit', 'part', 'part_unit', 'rate']) AS parted,
    regexp_extract(sentence,
      '((?:较|比|与)[^，,0-9]{0,6}(?:20[0-9]{2}年|上年|去年)度?[^，,0-9]{0,10}?([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)(?:相比)?[，,]?(?:增加|减少|增长|下降)了?([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)[，,](?:增长|下降|增幅|降幅|增加|减少)率?(?:为|达|了)?([0-9]+(?:\.[0-9]+)?)[%％])',
      ['quote', 'whole', 'whole_unit', 'part', 'part_unit', 'rate']) AS growth,
    regexp_extract(sentence, -- both years' amounts, whose difference is the part
      '((?:20[0-9]{2}年|上年|去年)度?[^，,0-9]{0,10}?([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)(?:相比)?[，,](?:20[0-9]{2}年|本年|当年)度?[^，,0-9]{0,10}?([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)[，,](?:同比|比上年|较上年)?(?:增长|下降|增幅|降幅|增加|减少)率?(?:为|达|了)?([0-9]+(?:\.[0-9]+)?)[%％])',
      ['quote', 'whole', 'whole_unit', 'part', 'part_unit', 'rate']) AS years,
    regexp_extract(sentence,
      '(([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)[，,](?:较|比|与)(?:20[0-9]{2}年|上年|去年)度?[^，,0-9（(]{0,8}[（(]?([0-9][0-9,]*\.?[0-9]*)(亿元|万元|元)[）)]?(?:相比)?[，,]?(?:增长|下降|增幅|降幅|增加|减少)率?(?:为|达|了)?([0-9]+(?:\.[0-9]+)?)[%％])',
      ['quote', 'part', 'part_unit', 'whole', 'whole_unit', 'rate']) AS compared
  FROM sentence
), hit AS (
  SELECT section_id, project_id, document_id, place, share.quote AS quote, share.part AS p, share.part_unit AS p_unit,
    share.whole AS w, share.whole_unit AS w_unit, share.rate AS r, FALSE AS years FROM found
  WHERE share.quote <> '' AND NOT regexp_matches(sentence, '执行率|支出率|支付率|支出进度')
  UNION ALL
  SELECT section_id, project_id, document_id, place, parted.quote, parted.part, parted.part_unit, parted.whole, parted.whole_unit, parted.rate, FALSE
  FROM found WHERE parted.quote <> '' AND share.quote = ''
  UNION ALL
  SELECT section_id, project_id, document_id, place, growth.quote, growth.part, growth.part_unit, growth.whole, growth.whole_unit, growth.rate, FALSE
  FROM found WHERE growth.quote <> ''
  UNION ALL
  SELECT section_id, project_id, document_id, place, years.quote, years.part, years.part_unit, years.whole, years.whole_unit, years.rate, TRUE
  FROM found WHERE years.quote <> '' AND growth.quote = ''
  UNION ALL
  SELECT section_id, project_id, document_id, place, compared.quote, compared.part, compared.part_unit, compared.whole, compared.whole_unit, compared.rate, TRUE
  FROM found WHERE compared.quote <> '' AND years.quote = '' AND growth.quote = ''
), printed AS (
  SELECT *, TRY_CAST(replace(p, ',', '') AS DECIMAL(20, 6)) AS part_printed, TRY_CAST(replace(w, ',', '') AS DECIMAL(20, 6)) AS whole,
    TRY_CAST(r AS DECIMAL(12, 6)) AS rate,
    CAST(pow(10, -length(regexp_extract(p, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)) AS own_digit,
    CAST(pow(10, -length(regexp_extract(w, '\.([0-9]*)', 1))) AS DECIMAL(20, 6)) AS w_digit,
    CAST(pow(10, -length(regexp_extract(r, '\.([0-9]*)', 1))) AS DECIMAL(12, 6)) AS r_digit
  FROM hit
), figure AS (
  SELECT *, CASE WHEN years THEN abs(part_printed - whole) ELSE part_printed END AS part,
    CASE WHEN years THEN own_digit + w_digit ELSE own_digit END AS p_digit
  FROM printed
)
SELECT project_id, document_id, place, quote, part, whole, rate_of(part, whole) AS expected, rate AS actual,
  abs(rate_of(part, whole) - rate) AS difference, '%' AS unit,
  CASE WHEN p_unit <> w_unit OR whole = 0 THEN NULL
    ELSE rate_meets(lo(part, p_digit), hi(part, p_digit), lo(whole, w_digit), hi(whole, w_digit), spoken_lo(rate, r_digit), spoken_hi(rate, r_digit)) END AS holds,
  '两个金额的单位不同，或分母为零' AS reason, [section_id] AS evidence
FROM figure WHERE part IS NOT NULL AND whole IS NOT NULL
