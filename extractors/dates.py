"""Printed dates: days, months, quarters and years, deadlines, and the fiscal year of a report."""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache

from extractors.digits import fold
from schemas.immutable import immutable
from schemas.vocabulary import Operator

FIRST_YEAR, LAST_YEAR = 1990, 2099  # years a report can speak of
_LONGEST = 60  # characters; a longer text is a sentence, not a date

SYMBOLS: dict[str, Operator] = {
    "≥": ">=", ">=": ">=", "=>": ">=", "≥=": ">=", "≤": "<=", "<=": "<=", "=<": "<=", "≤=": "<=",
    ">": ">", "<": "<", "=": "=", "==": "=",
}  # fmt: skip
SYMBOL = r"(?:[≥≤]=?|[<>]=|=[<>=]?|[<>])"

_YEAR = r"(?:[12][0-9]{3}|[1-4][0-9](?=年(?:1[0-2]|0?[1-9])月))"
_OWN_YEAR = "本年度|当年度|本年|当年|今年"
_NEXT_YEAR = "次年度|次年|下一年度|下一年|翌年|第二年"
# The rest of a date's cell: what is done by then. A closed list, so that 2024年预算资金 stays text.
_LEAD = (
    r"(?:于|在|按|截至|截止|到|至|计划|力争|确保|预计|应|均|须|需|项目|实际|完成|时间|期限|日期|时限"
    r"|[:：])*?(?P<not_later>不得?[晚迟]于|早于)?"
)
_DONE = (
    r"(?:已经?|均|全部|全面|按时|按期|如期|及时|顺利|基本|项目|工作|任务|工程|并|通过|完成|完工|竣工"
    r"|验收|合格|建成|投入|使用|投用|到位|结束|交付|上线|运行|发放|支付|拨付|支出|执行|实施|下达|报送"
    r"|提交|印发|开展|举办|召开|交货|入库|完毕|达标|建设|施工|采购|安装|调试|整改|改造|培训|检查|审核"
    r"|评审|申报|清算|付清|兑付|兑现|缴纳|归档|发布|公示|服务|合同|所有|相关|各项)*"
)
_POINT = (
    rf"(?:(?P<y>{_YEAR})年(?:度)?|(?P<own>{_OWN_YEAR})|(?P<next>{_NEXT_YEAR}))?"
    r"(?:(?P<q>第?[一二三四1-4]季度)|(?P<half>上半年|下半年|全年)"
    r"|(?:(?P<m>[0-9]{1,2})月份?(?:(?P<d>[0-9]{1,2})[日号]?)?)"
    r"|(?P<year_end>年(?=[底末内终])))?"
    r"(?P<part>(?:月|年度?|季度?)?[底末终初中]|月?[上中下]旬)?"
)
_RELATION = r"(?P<rel>之?前|以前|之?内|以内|为?止|之?后|以后)?"
_WORDED = re.compile(rf"(?P<sym>{SYMBOL})?{_LEAD}{_POINT}{_RELATION}{_DONE}[。;；]?")
_NUMERIC = re.compile(
    rf"(?P<sym>{SYMBOL})?{_LEAD}(?P<y>[12][0-9]{{3}})(?P<sep>[-/.])(?P<m>[0-9]{{1,2}})"
    r"(?:(?P=sep)(?P<d>[0-9]{1,2})日?(?:[ T]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?)?"
    rf"(?P<part>[底末初中])?{_RELATION}{_DONE}[。;；]?"
)
_NUMERIC_SPAN = re.compile(
    r"[12][0-9]{3}(?P<sep>[-/.])[0-9]{1,2}(?:(?P=sep)[0-9]{1,2})?[-—–~至到]+"
    r"(?P<end>[12][0-9]{3}(?P=sep)[0-9]{1,2}(?:(?P=sep)[0-9]{1,2})?)"
)
_DIGITS_ONLY = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_START = re.compile(
    r"(?:(?P<y>[12][0-9]{3})年?度?)?(?:(?P<m>[0-9]{1,2})月?份?(?:[0-9]{1,2}[日号]?)?)?"
)
_DASH = re.compile(r"[-—–~～至到]+")
_HINT = re.compile(r"[年月日季旬]|[12][0-9]{3}[-/.]?[0-9]")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


@immutable
class PrintedDate:
    """A printed date: `date` is the last day it allows, `days` how many days it leaves open.

    X前, X底前, X以前 and X之前 are read as on or before the last day of X. `date` is None where the
    day does not exist or no year is known.
    """

    date: datetime.date | None
    days: int | None
    op: Operator | None


def parse_date(raw: str, fiscal_year: int | None = None) -> PrintedDate | None:
    """The date that a cell consists of, or None when it is not a date.

    >>> parse_date("2024年12月1日前")
    PrintedDate(date=datetime.date(2024, 12, 1), days=1, op='<=')
    >>> parse_date("2024年11月")
    PrintedDate(date=datetime.date(2024, 11, 30), days=30, op=None)
    >>> parse_date("9月前"), parse_date("9月前", 2023).date
    (PrintedDate(date=None, days=None, op='<='), datetime.date(2023, 9, 30))
    >>> parse_date("2023年2月30日").date, parse_date("12月"), parse_date("3年")
    (None, None, None)
    """
    return None if len(raw) > _LONGEST else date_of(fold(raw), fiscal_year)


def date_of(folded: str, fiscal_year: int | None) -> PrintedDate | None:
    """The date that a folded text consists of, or None when it is not a date."""
    return _date(folded, fiscal_year) if _HINT.search(folded) else None


@lru_cache(maxsize=4096)
def _date(text: str, fiscal_year: int | None) -> PrintedDate | None:
    if _DIGITS_ONLY.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    for pattern in (_NUMERIC, _WORDED):
        match = pattern.fullmatch(text)
        if match is not None:
            return _build(match, fiscal_year)
    return _span(text, fiscal_year)


def _span(text: str, fiscal_year: int | None) -> PrintedDate | None:
    """A stretch of time (2024年1-12月) as its end, the day by which all of it is over."""
    numeric = _NUMERIC_SPAN.fullmatch(text)
    if numeric is not None:
        return _end_of_span(_NUMERIC.fullmatch(numeric["end"]), None)
    dash = _DASH.search(text, 1)
    if dash is None:
        return None
    start = _START.fullmatch(text[: dash.start()].lstrip("=从自"))
    if start is None or not (start["y"] or start["m"]):
        return None
    year = int(start["y"]) if start["y"] else fiscal_year
    end = _WORDED.fullmatch(text, dash.end())
    if end is None or not (end["y"] or (end["m"] and _fits(start["m"]))):
        return None
    return _end_of_span(end, year)


def _end_of_span(end: re.Match[str] | None, year: int | None) -> PrintedDate | None:
    found = None if end is None else _build(end, year, in_span=True)
    return None if found is None else PrintedDate(found.date, None, found.op)


def _fits(month: str | None) -> bool:
    return month is None or 1 <= int(month) <= 12


def _build(
    match: re.Match[str], fiscal_year: int | None, in_span: bool = False
) -> PrintedDate | None:
    parts = match.groupdict()
    relation = parts["rel"]
    if not _says_when(match, parts, in_span):
        return None
    op: Operator | None = SYMBOLS[parts["sym"]] if parts["sym"] else None
    if parts["not_later"] or (relation and relation[-1] in "前内"):
        op = "<="
    elif relation and relation[-1] == "后":
        op = ">="
    first_last = _days(parts, _year(parts, fiscal_year))
    if first_last is None:
        return PrintedDate(None, None, op)
    first, last = first_last
    return PrintedDate(last, (last - first).days + 1, op)


def _says_when(match: re.Match[str], parts: dict[str, str | None], in_span: bool) -> bool:
    """Whether this is a date at all: 12月 alone is a number of months, 全年 a length of time."""
    bounded = bool(parts["rel"] or parts["part"] or parts.get("not_later"))
    if parts.get("sep") == "." and parts["d"] is None and not (bounded or in_span):
        return False  # 2024.11 may be a figure
    if parts["y"] is not None:
        return len(parts["y"]) == 2 or FIRST_YEAR <= int(parts["y"]) <= LAST_YEAR
    if parts["d"] is not None or in_span:
        return parts["m"] is not None
    if parts["m"] is not None:
        alone = match.end("m") + 1 >= len(match.string.rstrip("。;；"))
        worded = bool(parts["own"] or parts["next"]) or match.string[match.end("m") :][:2] == "月份"
        return bounded or worded or not alone
    if parts["q"] is not None:
        return bounded or bool(parts["own"] or parts["next"])
    if parts["half"] is not None:
        return bounded and parts["half"] != "全年"
    return bool(parts["year_end"] or parts["own"] or parts["next"]) and bounded


def _year(parts: dict[str, str | None], fiscal_year: int | None) -> int | None:
    printed = parts["y"]
    if printed is not None:
        return int(printed) + (2000 if len(printed) == 2 else 0)
    if fiscal_year is not None and parts["next"]:
        return fiscal_year + 1
    return fiscal_year


def _days(
    parts: dict[str, str | None], year: int | None
) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day that the printed parts allow; None where there are none."""
    if year is None or not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        return None
    part = parts["part"] or ""
    quarter, half, month, day = parts.get("q"), parts.get("half"), parts["m"], parts["d"]
    if "旬" in part and month is None:
        return None
    if "初" in part or "中" in part and "旬" not in part:
        return None  # no last day can be named
    if quarter is not None:
        number = _QUARTERS[quarter.removeprefix("第")[0]]
        return datetime.date(year, 3 * number - 2, 1), _month_end(year, 3 * number)
    if half == "上半年":
        return datetime.date(year, 1, 1), _month_end(year, 6)
    if month is None:
        return datetime.date(year, 7 if half == "下半年" else 1, 1), _month_end(year, 12)
    return _days_of_month(year, int(month), None if day is None else int(day), part)


def _days_of_month(
    year: int, month: int, day: int | None, part: str
) -> tuple[datetime.date, datetime.date] | None:
    if not 1 <= month <= 12:
        return None
    last = _month_end(year, month)
    if day is not None:
        if not 1 <= day <= last.day:
            return None
        return last.replace(day=day), last.replace(day=day)
    if "上旬" in part:
        return last.replace(day=1), last.replace(day=10)
    if "中旬" in part:
        return last.replace(day=11), last.replace(day=20)
    return last.replace(day=21 if "下旬" in part else 1), last


def _month_end(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


_CHINESE_DIGITS = str.maketrans("〇○零Oo一二三四五六七八九", "00000123456789")
_CHINESE_YEAR = re.compile(r"二[〇○零Oo][〇○零Oo一二三四五六七八九]{2}(?=年)")
_DIGIT_YEAR = r"(?<![0-9.])(?:19[9][0-9]|20[0-9]{2})"
_YEARS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DIGIT_YEAR}(?=年度)",
        rf"{_DIGIT_YEAR}(?=年)",
        rf"(?<=[(（\[【〔]){_DIGIT_YEAR}(?=[)）\]】〕])",
        rf"^{_DIGIT_YEAR}$",
    )
)
_YEAR_SPAN = re.compile(rf"{_DIGIT_YEAR}年?度?[-—–~～至到、和]+{_DIGIT_YEAR}")


@lru_cache(maxsize=1024)
def parse_year(text: str) -> int | None:
    """The year a title, a note or a cell names; None where it names none or a stretch of years.

    A year before 年度 wins over a year before 年: beside a date, 2023年度 is what is reported on.

    >>> parse_year("（2021年度）"), parse_year("( 2 0 2 4 年度)"), parse_year("二〇二三年度")
    (2021, 2024, 2023)
    >>> parse_year("2021-2023年度"), parse_year("项目编码2021345"), parse_year("附件2 2022年度")
    (None, None, 2022)
    """
    folded = fold(text)
    # Joined digits are the last resort: 附件2 2022年度 must not become 22022.
    for spelling in dict.fromkeys((folded, folded.replace(" ", ""))):
        if _YEAR_SPAN.search(spelling):
            return None
        for pattern in _YEARS:
            match = pattern.search(spelling)
            if match is not None:
                return int(match.group())
    chinese = _CHINESE_YEAR.search(folded)
    return int(chinese.group().translate(_CHINESE_DIGITS)) if chinese else None
