"""A twin as a page of a government site: navigation, meta line, running text, tables with spans."""

from __future__ import annotations

from html import escape

from sample_maker.grid import Grid, Span
from sample_maker.twin import Line, Twin

NAVIGATION = ("首页", "政务公开", "办事服务", "互动交流")
HEAD = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}_政府信息公开</title>
<style>td{{text-align:center}} .nav li{{display:inline}}</style>
<script>var pageview = 96;</script></head>
<body><ul class="nav">{navigation}</ul>
<div class="position">当前位置：首页 &gt; 政府信息公开 &gt; 财政预决算 &gt; 绩效评价</div>
<h1>{title}</h1>
<div class="article" id="content">
"""
FOOT = (
    '</div>\n<div class="foot">【打印】 【关闭】 主办单位：县人民政府办公室</div>\n</body></html>\n'
)
BLANK = "&nbsp;"


def write_html(twin: Twin) -> bytes:
    """The bytes of the page."""
    title = twin.lines[0].text if twin.lines else twin.grids[0].rows[0][0].text
    items = "".join(f"<li><a href='#'>{item}</a></li>" for item in NAVIGATION)
    body = "".join(_line(p) if isinstance(p, Line) else _table(p) for p in twin.parts)
    head = HEAD.format(title=escape(title), navigation=items)
    return (head + body + FOOT).encode("utf-8")


def _line(line: Line) -> str:
    text = escape(line.text)
    return f'<p style="text-indent:2em">{f"<strong>{text}</strong>" if line.level else text}</p>\n'


def _table(grid: Grid) -> str:
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in grid.rows)
    return f'<table border="1" cellspacing="0"><tbody>\n{rows}</tbody></table>\n<p>{BLANK}</p>\n'


def _cell(span: Span) -> str:
    spans = "".join(
        f' {name}="{size}"'
        for name, size in (("colspan", span.columns), ("rowspan", span.rows))
        if size > 1
    )
    return f"<td{spans}>{escape(span.text).replace(chr(10), '<br/>') or BLANK}</td>"
