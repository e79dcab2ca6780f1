"""Web pages: the article, its tables, and nothing of the site around them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document, Paragraph, Table, UnreadableDocument
from extractors.readers import html as reader_module
from extractors.readers.html import read_html, read_mhtml

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
LONG = "本项目全年预算数为120万元，全年执行数为118.5万元，预算执行率为98.75%，资金使用合规。"
FORM = (
    "<table border=1><tr><td colspan=3>项目支出绩效自评表</td></tr>"
    "<tr><td rowspan=2>项目资金<br>（万元）</td><td>全年预算数</td><td>全年执行数</td></tr>"
    "<tr><td>120.00</td><td>118.50</td></tr>"
    "<tr><td>总分</td><td>100</td><td>&nbsp;</td></tr></table>"
)
FORM_TEXTS = [
    ["项目支出绩效自评表"],
    ["项目资金（万元）", "全年预算数", "全年执行数"],
    ["120.00", "118.50"],
    ["总分", "100", ""],
]


def read(page: str) -> Document:
    return read_html(page.encode())


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows()]


def links(*names: str) -> str:
    return "".join(f"<li><a href='/{n}.html'>{name}</a></li>" for n, name in enumerate(names))


SITE = f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<meta name="ArticleTitle" content="县水利局2023年度绩效自评报告">
<title>县水利局2023年度绩效自评报告_某县人民政府</title>
<script>var a="浏览次数：";</script></head><body>
<header class="head"><img src=logo.png><form><input name=q></form></header>
<div class="nav"><ul>{links("首页", "政务公开", "办事服务", "互动交流", "数据开放")}</ul></div>
<div class="crumbs">当前位置：<a>首页</a> &gt; <a>绩效评价</a></div>
<div class="main"><div class="left"><h3>信息公开目录</h3><ul>
{links("公开指南", "公开制度", "法定主动公开内容", "依申请公开")}</ul></div>
<div class="right"><table>
<tr><td>索 引 号：</td><td>00001</td><td>发布机构：</td><td>县水利局</td></tr>
<tr><td>发布日期：</td><td>2024-03-01</td><td>有效性：</td><td>有效</td></tr></table>
<h1>县水利局2023年度绩效自评报告</h1>
<p class="meta">来源：县水利局 发布时间：2024-03-01 浏览次数：<span>12</span>【字体：大 中 小】</p>
<div class="content">{{content}}</div>
<div class="share">分享到：<a>微信</a><a>微博</a></div>
<p>上一篇：<a>其他报告</a></p></div></div>
<div class="footer"><p>主办：某县人民政府办公室 网站标识码：0000000000 某ICP备1号</p></div>
</body></html>"""


def test_the_article_of_a_site_and_nothing_else() -> None:
    body = f"<p>一、项目概况</p><p>　　{LONG}</p>{FORM}<p>附件：<a href=a.docx>自评表.docx</a></p>"
    found = read(SITE.replace("{content}", body))
    assert found.title == "县水利局2023年度绩效自评报告"
    assert paragraphs(found) == [
        "县水利局2023年度绩效自评报告",  # the article does not repeat it
        "一、项目概况",
        LONG,
        "附件：自评表.docx",
    ]
    assert [texts(table) for table in tables(found)] == [FORM_TEXTS]


def test_a_page_that_is_only_a_form_keeps_the_lines_around_it() -> None:
    body = f"<div><p>附件2</p><div class=wrap>{FORM}</div><p>填报人：张某</p></div>"
    found = read(SITE.replace("{content}", body))
    assert paragraphs(found)[1:] == ["附件2", "填报人：张某"]
    assert len(tables(found)) == 1


def test_a_title_the_article_prints_is_not_printed_twice() -> None:
    body = f"<p>县水利局</p><p>2023年度绩效自评报告</p><p>{LONG}</p>"
    assert paragraphs(read(SITE.replace("{content}", body))) == [
        "县水利局",
        "2023年度绩效自评报告",
        LONG,
    ]


def test_text_about_page_views_is_text() -> None:
    views = (
        "门户网站浏览次数达到12万次，公众号点击量同比增长15%，宣传效果明显，群众知晓率有所提高。"
    )
    short = "网站访问量12万次。"
    body = f"<p>{LONG}</p><p>{views}</p><p>{short}</p><p>{LONG}</p>"
    assert paragraphs(read(SITE.replace("{content}", body)))[1:] == [LONG, views, short, LONG]


def test_lines_parted_by_breaks_are_paragraphs() -> None:
    found = read(
        f"<body><div>　　一、基本情况<br>&nbsp;&nbsp;{LONG}<br/><br/>二、结论</div></body>"
    )
    assert paragraphs(found) == ["一、基本情况", LONG, "二、结论"]
    assert [block.locator.path for block in found.blocks] == ["p[1]", "p[2]", "p[3]"]


def test_old_sites_lay_out_with_tables() -> None:
    page = f"""<body><table width=1000>
    <tr><td colspan=2><a>首页</a><a>政务</a><a>服务</a><a>互动</a>
    </td></tr><tr><td width=200><table><tr><td><a href=1>栏目一</a></td></tr>
    <tr><td><a href=2>栏目二</a></td></tr></table></td>
    <td><table><tr><td align=center>绩效自评报告</td></tr><tr><td><p>{LONG}</p>{FORM}</td></tr>
    </table></td></tr><tr><td colspan=2>版权所有：某县人民政府</td></tr></table></body>"""
    found = read(page)
    assert paragraphs(found)[-2:] == ["绩效自评报告", LONG]
    assert "版权所有：某县人民政府" not in paragraphs(found)
    assert [texts(table) for table in tables(found)] == [FORM_TEXTS]


def test_a_frame_around_a_form_is_dissolved() -> None:
    found = read(f"<body><table><tr><td><p>单位：万元</p>{FORM}</td></tr></table></body>")
    assert paragraphs(found) == ["单位：万元"]
    assert tables(found)[0].locator.path == "table[1]/row[1]/cell[1]/table[1]"


def test_a_table_within_a_form_follows_it() -> None:
    inner = "<table><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>"
    labels = "".join(f"<tr><td>标签{n}</td><td>值{n}</td></tr>" for n in range(4))
    found = read(f"<body><table>{labels}<tr><td>明细</td><td>如下{inner}</td></tr></table></body>")
    outer, nested = tables(found)
    assert texts(outer)[-1] == ["明细", "如下"]
    assert texts(nested) == [["甲", "1"], ["乙", "2"]]
    assert nested.cells[0].locator.path == "table[1]/row[5]/cell[2]/table[1]/row[1]/cell[1]"


def test_spans_are_laid_out_as_browsers_do() -> None:
    found = read(
        "<body><table><thead><tr><th rowspan=9>指标</th><th colspan=2>值</th></tr></thead><tbody>"
        "<tr><td rowspan=0>甲</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></tbody>"
        "</table></body>"
    )
    shown = [(c.row, c.column, c.rowspan, c.colspan, c.text) for c in tables(found)[0].cells]
    assert shown == [
        (0, 0, 1, 1, "指标"),
        (0, 1, 1, 2, "值"),
        (1, 0, 2, 1, "甲"),
        (1, 1, 1, 1, "1"),
        (1, 2, 1, 1, "2"),
        (2, 1, 1, 1, "3"),
        (2, 2, 1, 1, "4"),
    ]


def test_unclosed_tags_and_source_line_ends() -> None:
    found = read(
        "<body><table><tr><td>绩效\n   指标<td>A\nB<tr><td>甲<p>乙</p><td>1,200.50</table>"
    )
    assert texts(tables(found)[0]) == [["绩效指标", "A B"], ["甲乙", "1,200.50"]]
    assert tables(found)[0].cells[2].raw == "甲\n乙"


def test_what_is_not_displayed_is_not_read() -> None:
    found = read(
        "<body><p style='display:none'>草稿</p><p hidden>旧</p><table><tr style='DISPLAY: NONE'>"
        "<td>0</td><td>0</td></tr><tr><td>甲<span style='display:none'>x</span></td><td>1</td></tr>"
        "<tr><td>乙</td><td>2</td></tr></table></body>"
    )
    assert paragraphs(found) == []
    assert texts(tables(found)[0]) == [["甲", "1"], ["乙", "2"]]


def test_headings_lists_preserved_text_and_raised_digits() -> None:
    found = read(
        "<body><h2>一、概况</h2><ol start=2><li>第二</li><li><p>第三</p></li></ol>"
        "<pre>第一行\n第二行</pre><p>面积120m<sup>2</sup></p></body>"
    )
    assert [(b.text, b.level) for b in found.blocks if isinstance(b, Paragraph)] == [
        ("一、概况", 2),
        ("2. 第二", None),
        ("3. 第三", None),
        ("第一行", None),
        ("第二行", None),
        ("面积120m²", None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_pages_lie_about_their_encoding(encoding: str) -> None:
    page = f"<html><head><meta charset=gb2312></head><body><p>{LONG}</p></body></html>"
    assert paragraphs(read_html(page.encode(encoding))) == [LONG]


def test_absurd_colspan_is_named_and_costs_nothing() -> None:
    found = read(
        "<body><table><tr><td colspan=30000000>标题</td></tr>"
        "<tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table></body>"
    )
    assert tables(found)[0].column_count == 2
    assert tables(found)[0].cells[0].colspan == 2
    assert "30000000" in found.problems[0].reason


def test_a_page_of_pictures_says_so() -> None:
    found = read("<body><div class=content><img src=1.jpg><img src=2.jpg></div></body>")
    assert found.blocks == ()
    assert "图片" in found.problems[0].reason


def test_damaged_characters_are_reported_where_they_stand() -> None:
    data = f"<body><p>{LONG}</p><p>{LONG * 3}</p></body>".encode()
    at = data.index(b"118")
    found = read_html(data[: at - 1] + data[at:])
    assert [problem.locator.path for problem in found.problems] == ["p[1]"]


def test_hostile_pages_give_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "<body>" + "<table><tr><td>甲</td><td>" * 3000 + "底"
    with pytest.raises(UnreadableDocument, match="嵌套过深"):
        read(deep)
    deep_text = "<body>" + "<div>" * 600 + LONG + "</div>" * 600
    assert paragraphs(read(deep_text)) == [LONG]
    nested = "<body>" + "<table><tr><td>甲</td><td>" * 60 + "底" + "</td></tr></table>" * 60
    assert "嵌套过深" in read(nested).problems[0].reason
    entity = '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/hostname">]><body><p>甲&a;</p></body>'
    assert "甲" in "".join(paragraphs(read(entity)))
    monkeypatch.setattr(reader_module, "MAX_CELLS", 3)
    with pytest.raises(UnreadableDocument, match="超过上限"):
        read(FORM)


def test_control_characters_do_not_stop_a_page() -> None:
    found = read(f"<body><p>甲<script>x</script>\x01&#2;{LONG}</p><p>乙</p></body>")
    assert [text[-1] for text in paragraphs(found)] == ["。", "乙"]


def test_single_file_page() -> None:
    data = (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=X\n\n--X\n"
        b'Content-Type: text/html; charset="gb2312"\nContent-Transfer-Encoding: 8bit\n\n'
    ) + f"<html><body><p>{LONG}</p>{FORM}</body></html>\n--X--\n".encode("gbk")
    found = read_mhtml(data)
    assert paragraphs(found) == [LONG]
    assert [texts(table) for table in tables(found)] == [FORM_TEXTS]


@given(st.text(alphabet="<>/tablerdp 预算=\"'&;\n", max_size=120))
def test_tag_soup_never_raises_anything_but_a_reason(soup: str) -> None:
    try:
        found = read_html(f"<body>{soup}".encode())
    except UnreadableDocument as error:
        assert error.reason
    else:
        assert all(block.locator.path for block in found.blocks)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=4),
        min_size=2,
        max_size=5,
    )
)
def test_no_two_cells_cover_one_place(rows: list[list[tuple[int, int]]]) -> None:
    body = "".join(
        "<tr>" + "".join(f"<td rowspan={r} colspan={c}>x</td>" for r, c in row) + "</tr>"
        for row in rows
    )
    for table in tables(read(f"<body><table>{body}</table></body>")):
        places = [
            (row, column)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
        ]
        assert len(places) == len(set(places))
        assert max(places) < (table.row_count, table.column_count)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="labelled corpus is not beside this checkout")
@pytest.mark.parametrize(("name", "count"), [("m005", 6), ("m010", 4), ("m015", 0)])
def test_labelled_pages_are_read_whole(name: str, count: int) -> None:
    found = read_html((CORPUS / "made" / f"{name}-html.html").read_bytes())
    assert len(tables(found)) == count
    assert found.problems == ()
    assert not any("浏览次数" in text or "当前位置" in text for text in paragraphs(found))


def test_a_short_article_in_an_oddly_named_frame_is_not_lost() -> None:
    page = "<body><div class=nav><a>首页</a></div><div id=print><h2>自评报告</h2><p>预算10万元</p>"
    assert paragraphs(read(page)) == ["自评报告", "预算10万元"]


def test_a_title_named_by_its_class_and_crumbs_that_repeat_it() -> None:
    found = read(
        "<body><div>当前位置：首页 &gt; 县林业局2023年绩效自评报告</div>"
        "<div id=box><div class=list><a>甲</a><a>乙</a><a>丙</a><a>丁</a></div>"
        "<div><div class=title>县林业局2023年绩效自评报告</div>"
        "<div>发布时间：2024-1-1 来源：林业局</div>"
        f"<div id=zoom>{FORM}<br>填报人：张三</div></div></div>"
    )
    assert found.title == "县林业局2023年绩效自评报告"
    assert paragraphs(found) == ["县林业局2023年绩效自评报告", "填报人：张三"]
