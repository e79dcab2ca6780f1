"""One walk through the page in a real browser: overview, filter, finding, review, export, SQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pdfplumber
import pytest

from pipeline.ingest import ingest
from pipeline.reviews import Reviews

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SAMPLES = ("21-xinjiang-2018-report.pdf", "26-national-page.html", "07-national-cell-bars.txt")
WIDTHS = (1280, 390)
SHOTS = os.environ.get("JIXIAO_SCREENSHOTS")  # a folder, for whoever wants to look

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser") / "output"
    ingest([str(ROOT / "samples" / name) for name in SAMPLES], folder, workers=1)
    return folder


@pytest.fixture(scope="module")
def address(output: Path) -> Iterator[str]:
    """The page, served as a user serves it, on a port that the system chose."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pipeline.cli", "serve"]
    options = ["--output", str(output), "--port", str(port)]
    with subprocess.Popen(
        command + options, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert str(port) in server.stdout.readline()
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """Wait until something answers on a port."""
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as player:
        started = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """A window of one width; whatever its console complains about fails the test."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console", lambda said: complaints.append(said.text) if said.type == "error" else None
    )
    yield opened
    context.close()
    assert complaints == []


def look(page: Any, name: str) -> None:
    """The page must not scroll sideways; keep a picture for whoever asked for one."""
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)


def test_from_the_overview_to_a_reviewed_finding(
    page: Any, address: str, output: Path, tmp_path: Path
) -> None:
    page.goto(address)
    assert page.locator("svg rect").count() > 5
    look(page, "overview")
    page.get_by_role("link", name="疑点", exact=True).click()
    all_rows = page.locator("[data-row]").count()
    look(page, "findings")
    page.get_by_label("高").check()
    page.wait_for_url("**severity=high**")
    page.wait_for_function(f"document.querySelectorAll('[data-row]').length < {all_rows}")
    assert set(page.locator("#list .level").all_inner_texts()) == {"高"}
    summary = page.locator("[data-row]").first.inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel").click()
    waiting.value.save_as(tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["疑点"]["H2"].value == summary
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/f*")
    assert page.locator("h1").inner_text() == summary
    assert page.locator(".asread .marked").count() > 0
    look(page, "finding")
    page.get_by_label("属实").check()
    page.get_by_label("说明").fill("已核实")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存").wait_for()
    finding = page.url.rsplit("/", 1)[-1].partition("?")[0]
    assert [r.state for r in Reviews(output).of([finding])] == ["confirmed"]


@pytest.mark.parametrize(
    ("name", "mark"),
    [(SAMPLES[0], ".page .box rect"), (SAMPLES[1], ".grid .marked"), (SAMPLES[2], ".lines mark")],
)
def test_the_original_is_marked_in_every_format(
    name: str, mark: str, page: Any, address: str
) -> None:
    page.goto(f"{address}/documents?text={name}")
    page.locator("[data-row]").first.click()
    page.locator("main a[href^='/findings/']").first.click()
    page.wait_for_load_state("networkidle")
    assert page.locator(mark).count() > 0
    if name.endswith(".pdf"):
        image = page.locator("svg image").first.get_attribute("href")
        assert page.request.get(f"{address}{image}").headers["content-type"] == "image/png"
    look(page, f"original-{name}")


def test_a_question_in_sql(page: Any, address: str) -> None:
    page.goto(f"{address}/sql")
    page.get_by_label("一条 SELECT").fill(
        "SELECT unit AS 单位, count(*) AS 数量 FROM projects GROUP BY unit"
    )
    page.keyboard.press("Control+Enter")
    page.get_by_role("columnheader", name="数量").wait_for()
    assert page.locator("#answer svg rect").count() > 0
    look(page, "sql")
    page.get_by_label("一条 SELECT").fill("SELECT * FROM read_csv('/etc/passwd')")
    page.get_by_role("button", name="执行").click()
    page.get_by_role("alert").wait_for()
    assert "root" not in page.locator("#answer").inner_text()


@pytest.mark.parametrize("page", WIDTHS[:1], indirect=True)
def test_the_keyboard_alone_leads_through_the_findings(page: Any, address: str) -> None:
    page.goto(f"{address}/findings")
    rows = page.locator("[data-row]")
    summaries = rows.all_inner_texts()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "text"
    page.keyboard.press("j")  # a letter now
    assert page.locator("[data-find]").input_value() == "j"
    page.goto(f"{address}/findings")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.innerText") == summaries[1]
    ring = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(ring) == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**at=1")
    for key, place in (("j", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("k", 1)):
        page.keyboard.press(key)
        page.wait_for_url(f"**at={place}")
        assert page.locator("h1").inner_text() == summaries[place]
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "state"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("j")  # not while the help is open
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    assert page.url.endswith("at=1")
    page.keyboard.press("u")
    page.wait_for_url("**/findings")
    page.goto(f"{address}/sql")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


@pytest.mark.parametrize("page", WIDTHS[:1], indirect=True)
def test_pages_of_a_list_turn_by_keys(page: Any, address: str) -> None:
    page.goto(f"{address}/projects?text=&page=2")
    page.keyboard.press("p")
    page.wait_for_url("**page=1")


RADICALS = str.maketrans(
    "⺠⻓⻚⻛⻋⻅⻉⻜⻢⻥⻦⻬", "民长页风车见贝飞马鱼鸟齐"
)  # Chromium writes them into PDFs


def plain(text: str) -> str:
    """Text without spaces, every ideograph as one is written."""
    return "".join(unicodedata.normalize("NFKC", text).translate(RADICALS).split())


def printed(page: Any, path: Path) -> list[Any]:
    """The pages of a print-out on A4."""
    page.pdf(path=str(path), prefer_css_page_size=True)
    with pdfplumber.open(path) as pdf:
        return [
            (sheet.width, sheet.extract_words(), len(sheet.images), sheet.extract_text())
            for sheet in pdf.pages
        ]


@pytest.mark.parametrize("page", WIDTHS[:1], indirect=True)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_finding_prints_whole_with_its_original(
    name: str, page: Any, address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}/documents?text={name}")
    page.locator("[data-row]").first.click()
    page.locator("main a[href^='/findings/']").first.click()
    page.wait_for_load_state("networkidle")
    summary = page.locator("h1").inner_text()
    last_head = page.locator(".asread thead th").last.inner_text()
    quotes = page.locator(".evidence q").all_inner_texts()
    sheets = printed(page, tmp_path / "a.pdf")
    text = plain("".join(said for *_, said in sheets))
    for wanted in (summary, last_head, *quotes, "复核"):
        assert plain(wanted) in text
    for hidden in ("概览", "保存", "快捷键", "原尺寸图"):
        assert hidden not in text
    for width, words, *_ in sheets:
        assert all(word["x0"] >= 0 and word["x1"] <= width for word in words)
    if name.endswith(".pdf"):
        assert sum(images for _, _, images, _ in sheets) > 0


@pytest.mark.parametrize("page", WIDTHS[:1], indirect=True)
@pytest.mark.parametrize("path", ["/", "/findings", "/projects", "/documents"])
def test_lists_and_the_overview_print_without_the_controls(
    path: str, page: Any, address: str, tmp_path: Path
) -> None:
    page.goto(address + path)
    sheets = printed(page, tmp_path / "a.pdf")
    text = plain("".join(said for *_, said in sheets))
    assert page.locator("h1").inner_text() in text
    for hidden in ("筛选", "查找", "快捷键", "导出所列"):
        assert hidden not in text.replace("点击按条件筛选", "")
    for width, words, *_ in sheets:
        assert all(word["x0"] >= 0 and word["x1"] <= width for word in words)
