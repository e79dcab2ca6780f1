"""Units that act in a sentence of running text: who is said to keep the accounts of a project.

Only a name with a region of its own at the head of a sentence counts, and only where it does what
the unit that spends does: keep accounts, pay, buy, store files. A partner that is named for its own
part of the work is none.
"""

from __future__ import annotations

from pipeline.reconcile.steps import table_step

REGION = r"\p{Han}{2,6}?(?:自治区|自治州|自治县|省|市|县|区|旗|州|盟)"
ORGAN = (
    r"\p{Han}{1,18}?(?:管理局|总局|分局|局|委员会|厅|办公室|中心|服务站|救援站|站|学校|大学|学院|中学|小学"
    r"|幼儿园|医院|卫生院|图书馆|文化馆|博物馆|教育馆|馆|大队|支队|总队|看守所|研究所|所|党校|联合会"
    r"|人民政府|街道办事处)"
)
ACTS = (
    r"(?:纪检组|纪委|财务科|财务室|财务股|计财科|办公室|内审岗|分管领导|班子|领导班子|党组|专人)?"
    r"(?:依据|按照|按|严格|根据|对|建立|制定|成立|负责|组织|将|坚持|安排|通过|在|从|以|围绕|每|定期|由"
    r"|及时|结合|高度|已|先后)"
)
# Within a sentence only an office of another place that keeps the books or the rules.
PLACE = r"\p{Han}{2,5}?(?:自治县|市|县|区|旗)"
OFFICE = r"\p{Han}{1,10}?(?:局|委员会|办公室|联合会|中心)"
KEEPS = (
    r"(?:财务|会计|计财|纪检|纪委|内审|内部控制|内控|党组|机关)"
    r"|(?:统一|专账|集中|具体|牵头|组织)*(?:核算|管理|负责|制定|实施|支付|使用)"
)
NO_PLACE = (
    r"(?:项目|灾|校|社|园|库|景|城|山|牧|片|辖|小|地|市|县|郊|林|矿|病|厂|开发|示范|保护|服务|功能|新|老)区$"
    r"|全|各|本|我|该|每|其|有关|相关|所在|上级|主管"
)
# Sentences about what only the unit that spends does.
DUTIES = (
    "核算|会计|资金|付款|支付|经费|报账|采购|合同|凭证|账|预算|档案|归档|支出|审批|监督|内控|内部控制"
    "|项目管理|台账|自评|整改"
)

MENTIONS = f"""
CREATE TABLE unit_mentions AS
WITH sentence AS (
  SELECT section_id, project_id, document_id, heading, number, ordinal,
    unnest(regexp_split_to_array(regexp_replace(text, '[\\r\\n]\\s*', '', 'g'), '[。！？]'))
      AS sentence
  FROM passages WHERE project_id IS NOT NULL AND regexp_matches(text, '\\p{{Han}}')
), lead AS MATERIALIZED (
  SELECT *, regexp_extract(sentence,
      '(?:[，,]|由|依据|根据|按照|参照)({PLACE}{OFFICE})(?:{KEEPS})', 1) AS inner_name,
    -- 某县某项目由某县某局负责: what stands before 由 is no unit
    regexp_extract(regexp_replace(
      regexp_extract(trim(sentence, ' 　'), '^({REGION}{ORGAN}){ACTS}', 1), '^.*由', ''),
      '^{REGION}.*$') AS head_name
  FROM sentence
), named AS (
  SELECT *, head_name AS name, FALSE AS inside FROM lead WHERE length(head_name) >= 5
  UNION ALL
  SELECT *, inner_name, TRUE FROM lead WHERE head_name = '' AND length(inner_name) >= 5
    AND NOT regexp_matches(regexp_extract(inner_name, '^({PLACE})', 1), '{NO_PLACE}')
)
SELECT section_id, project_id, document_id, heading, ordinal, name, inside,
  trim(sentence, ' 　') AS sentence,
  regexp_extract(name, '^({REGION})', 1) AS region,
  regexp_extract(name, '^{REGION}(.*)$', 1) AS organ,
  regexp_matches(sentence, '{DUTIES}') AS of_duties
FROM named
"""

# One project in several documents and years: its unit and name without what changes by the year.
KEYS = """
CREATE TABLE project_keys AS
WITH named AS (
  SELECT project_id, document_id, fiscal_year, scope, coalesce(unit, project_name) AS shown,
    nullif(regexp_extract(project_name, '^([0-9A-Z]{12,})[-—]', 1), '') AS code,
    simple(coalesce(unit, '')) AS unit_words, simple(coalesce(project_name, '')) AS name_words
  FROM projects
)
SELECT project_id, document_id, fiscal_year, scope, shown, code,
  nullif(fold_text(unit_words), '') AS unit_key,
  fold_text(regexp_replace(name_words, '^[0-9A-Z]{12,}[-—]|20[0-9][0-9]年?度?|项目$', '', 'g'))
    AS name_key
FROM named
"""

TABLES = (table_step(MENTIONS, "passages"), table_step(KEYS))
