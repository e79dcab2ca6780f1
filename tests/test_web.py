"""The page without a browser: what it answers, to whom, and that documents cannot run in it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from pipeline.errors import UserError
from pipeline.ingest import ingest
from pipeline.reviews import Reviews
from pipeline.web.app import create_app, serve
from tests.conftest import Published
from tests.test_export import SCRIPT, poison

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "07-national-cell-bars.txt"
HERE = "http://127.0.0.1:8765"
TABLES_SHOWN = ("findings", "projects", "documents")
CROSS_SITE = {"origin": "http://evil.example"}


@pytest.fixture
def page(published: Published) -> Iterator[TestClient]:
    with TestClient(create_app(published.output), base_url=HERE) as client:
        yield client


def publish_again(output: Path, change: str) -> None:
    """Put a changed database in the place of the published one, as a new release does."""
    database, fresh = output / "jixiao.duckdb", output / "second.duckdb"
    fresh.write_bytes(database.read_bytes())
    with duckdb.connect(str(fresh)) as connection:
        connection.execute(change)
    link = output / "link"
    link.symlink_to(fresh.name)
    link.replace(database)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "执行超预算"),
        ("/findings", "总额执行 277.7 万元"),
        ("/findings?severity=high&unit=水利&year=2018&text=清淤&sort=difference&desc=1", "277.7"),
        ("/findings?severity=low", "没有符合条件的疑点"),
        ("/findings?year=&unit=&kind=", "277.7"),
        ("/projects", "渠道清淤工程"),
        ("/projects?text=没有", "没有符合条件的项目"),
        ("/documents", "渠道 清淤.txt"),
        ("/units?name=清河县水利局", "渠道清淤工程"),
        ("/sql?q=SELECT 项目名称, 总得分 FROM 项目", "渠道清淤工程"),
    ],
)
def test_every_page_shows_what_was_published(path: str, words: str, page: TestClient) -> None:
    answer = page.get(path)
    assert answer.status_code == 200
    assert words in answer.text
    assert "None" not in re.sub(r"<style.*?</style>", "", answer.text)


def test_a_finding_stands_beside_its_original(page: TestClient, published: Published) -> None:
    text = page.get(f"/findings/{published.finding}").text
    assert re.search(r"<mark>277\.70</mark>", text)
    assert re.search(r"<mark>267\.00</mark>", text)
    assert "[266.995, 267.005] 万元" in text
    assert re.search(r'class="n marked"[^>]*>277\.70<', text)
    assert "财预〔2020〕10 号" in text


def test_quotes_are_shown_when_the_original_is_gone(page: TestClient, published: Published) -> None:
    published.source.unlink()
    text = page.get(f"/findings/{published.finding}").text
    assert "原文件不在了" in text
    assert "<q>277.70</q>" in text


def test_a_changed_original_is_not_shown(page: TestClient, published: Published) -> None:
    published.source.write_text("别的内容 277.70", encoding="utf-8")
    text = page.get(f"/findings/{published.finding}").text
    assert "改动过" in text
    assert "<mark>" not in text


def test_an_original_is_found_from_wherever_the_page_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, away = tmp_path / "here", tmp_path / "away"
    for folder in (here, away):
        folder.mkdir()
    report = shutil.copy(SAMPLE, here)
    monkeypatch.chdir(here)
    ingest([SAMPLE.name], tmp_path / "output", workers=1)
    monkeypatch.chdir(away)
    with TestClient(create_app(tmp_path / "output"), base_url=HERE) as client:
        finding = client.get("/api/findings").json()["rows"][0]["finding_id"]
        assert "<mark>" in client.get(f"/findings/{finding}").text
        Path(report).unlink()
        assert "原文件不在了" in client.get(f"/findings/{finding}").text


def test_an_original_elsewhere_on_the_network_is_named(
    page: TestClient, published: Published
) -> None:
    publish_again(published.output, "UPDATE documents SET source_uris = ['s3://bucket/报告.txt']")
    text = page.get(f"/findings/{published.finding}").text
    assert "原文件在远处" in text
    assert "s3://bucket/报告.txt" in text


def test_a_project_shows_findings_beside_its_cells(page: TestClient, published: Published) -> None:
    text = page.get(f"/projects/{published.project}").text
    assert re.search(r'277\.70<a class="mark" href="#e1">1</a>', text)
    assert "无从核验" in text


def test_a_document_shows_what_was_not_understood(page: TestClient, published: Published) -> None:
    text = page.get(f"/documents/{published.document}").text
    assert "未识别的标签" in text
    assert "项目总分" in text


@pytest.mark.parametrize(
    "path",
    [
        "/findings/f0", "/projects/p0", "/documents/d0", "/units?name=没有", "/nowhere",
        "/documents/d0/pages/1.png", "/api/findings/f0",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_404_in_chinese(path: str, page: TestClient) -> None:
    answer = page.get(path)
    assert answer.status_code == 404
    assert "没有" in answer.text


@pytest.mark.parametrize(
    "path", ["/findings?severity=严重", "/findings?sort=rowid", "/findings?page=x", "/api/sql"]
)
def test_wrong_parameters_are_400(path: str, page: TestClient) -> None:
    assert page.get(path).status_code == 400


def test_a_review_survives_a_new_release(page: TestClient, published: Published) -> None:
    path = f"/findings/{published.finding}/review"
    note = "已问过财务科 <b>"
    saved = page.post(path, data={"state": "confirmed", "note": note}, follow_redirects=False)
    assert saved.status_code == 303
    part = page.post(
        path, data={"state": "dismissed", "note": note}, headers={"HX-Request": "true"}
    )
    assert "已保存" in part.text and "<html" not in part.text
    assert "&lt;b&gt;" in part.text
    assert "属实" in part.text  # the earlier decision
    publish_again(published.output, "UPDATE findings SET severity = 'low'")
    assert [r.state for r in Reviews(published.output).latest()] == ["dismissed"]
    assert page.get("/findings?state=dismissed").text.count("data-row") == 1
    assert page.get("/findings?state=open").text.count("data-row") == 0


@pytest.mark.parametrize("state", ["", "maybe"])
def test_only_known_decisions_are_kept(state: str, published: Published) -> None:
    with pytest.raises(UserError):
        Reviews(published.output).decide(published.finding, state, "")
    assert Reviews(published.output).latest() == ()


def test_a_review_of_nothing_is_refused(page: TestClient, published: Published) -> None:
    assert page.post("/findings/f0/review", data={"state": "open"}).status_code == 404
    assert Reviews(published.output).latest() == ()


def test_the_list_is_exported_as_shown(page: TestClient) -> None:
    answer = page.get("/findings.csv?severity=high")
    assert answer.text.startswith("\ufeff编号,")
    assert len(answer.text.splitlines()) == 2
    assert len(page.get("/findings.csv?severity=low").text.splitlines()) == 1
    assert page.get("/findings.xlsx").content.startswith(b"PK")


def test_the_api_answers_in_three_forms(page: TestClient) -> None:
    rows = page.get("/api/findings").json()
    assert rows["rows"][0]["actual"] == 277.7
    assert "277.70000000" in page.get("/api/findings").text
    assert page.get("/api/findings?format=csv").text.startswith("\ufefffinding_id,")
    stream = page.get("/api/findings?format=arrow").content
    assert pa.ipc.open_stream(stream).read_all().num_rows == 1
    assert page.get("/api/sql", params={"q": "SELECT 1 AS a"}).json()["rows"] == [{"a": 1}]
    paths = page.get("/api/openapi.json").json()["paths"]
    assert set(paths) >= {"/api/findings", "/api/sql", "/api/tables"}


def test_the_api_is_locked_like_everything_else(page: TestClient, published: Published) -> None:
    for sql in ("SELECT * FROM read_csv('/etc/passwd')", "DROP TABLE funds", "SELECT nonsense"):
        answer = page.get("/api/sql", params={"q": sql})
        assert answer.status_code == 400
        assert str(published.output) not in answer.text


def test_text_of_a_document_never_runs(published: Published) -> None:
    poison(published.output)
    with TestClient(create_app(published.output), base_url=HERE) as fresh:
        for path in ("/", "/findings", f"/findings/{published.finding}", "/projects",
                     f"/projects/{published.project}", f"/documents/{published.document}",
                     "/sql?q=SELECT unit FROM projects"):  # fmt: skip
            text = fresh.get(path).text
            assert SCRIPT not in text
            assert "<script>" not in text
        assert "&lt;script&gt;" in fresh.get("/findings").text
        csv = fresh.get("/findings.csv").text
    assert ",=HYPERLINK" not in csv
    assert "'=HYPERLINK" in csv


def test_what_a_stranger_sends_never_runs(page: TestClient) -> None:
    for path in (
        f"/findings?severity={SCRIPT}", f"/findings?text={SCRIPT}", f"/units?name={SCRIPT}",
        f"/projects?text={SCRIPT}", f"/sql?q={SCRIPT}", f"/findings/{SCRIPT}",
        f"""/sql?q=SELECT 1 AS "{SCRIPT}", '{SCRIPT}' AS b""",
    ):  # fmt: skip
        assert SCRIPT not in page.get(path).text, path


def test_a_download_holds_no_formula(page: TestClient) -> None:
    csv = page.get("/sql.csv", params={"q": """SELECT '=1+1' AS "@SUM(A1)", '+1' AS b"""}).text
    assert csv.lstrip("\ufeff").splitlines() == ["'@SUM(A1),b", "'=1+1,'+1"]


def test_every_answer_forbids_foreign_scripts(page: TestClient) -> None:
    for path in ("/", "/nowhere", "/static/page.js", "/api/tables"):
        headers = page.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_have_no_inline_script_or_style(page: TestClient, published: Published) -> None:
    for path in (
        "/",
        "/findings",
        f"/findings/{published.finding}",
        "/sql?q=SELECT 1 AS a, 2 AS b",
    ):
        text = page.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"\s(?:style|on\w+)=", text)


def test_without_a_token_only_this_machine_is_served(published: Published) -> None:
    app = create_app(published.output)
    with TestClient(app, base_url="http://evil.example") as client:
        assert client.get("/").status_code == 403


def test_other_sites_can_send_nothing(page: TestClient, published: Published) -> None:
    path = f"/findings/{published.finding}/review"
    assert page.post(path, data={"state": "dismissed"}, headers=CROSS_SITE).status_code == 403
    fetched = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert page.get("/api/tables", headers=fetched).status_code == 403
    assert Reviews(published.output).latest() == ()


def test_a_token_opens_the_page_once_and_for_all(published: Published) -> None:
    app = create_app(published.output, token="s3cret")
    with TestClient(app, base_url="http://10.0.0.5:8765") as client:
        assert client.get("/").status_code == 401
        assert client.get("/?token=wrong").status_code == 401
        first = client.get("/findings?severity=high&token=s3cret", follow_redirects=False)
        assert first.headers["location"] == "/findings?severity=high"
        assert "HttpOnly" in first.headers["set-cookie"]
        assert client.get("/").status_code == 200
    with TestClient(app, base_url="http://10.0.0.5:8765") as other:
        assert (
            other.get("/api/tables", headers={"Authorization": "Bearer s3cret"}).status_code == 200
        )


def test_a_new_release_is_seen_without_a_restart(page: TestClient, published: Published) -> None:
    assert "277.7" in page.get("/findings").text
    publish_again(published.output, "DELETE FROM findings")
    assert "没有符合条件的疑点" in page.get("/findings").text


def test_an_empty_folder_says_what_to_do(published: Published) -> None:
    publish_again(published.output, "".join(f"DELETE FROM {t};" for t in TABLES_SHOWN))
    with TestClient(create_app(published.output), base_url=HERE) as client:
        assert "还没有读取任何文档" in client.get("/").text


def test_a_document_that_could_not_be_read_says_why(published: Published) -> None:
    publish_again(
        published.output,
        "DELETE FROM rejects; UPDATE documents SET status = 'failed', status_reason = '文件已加密'",
    )
    with TestClient(create_app(published.output), base_url=HERE) as client:
        text = client.get(f"/documents/{published.document}").text
    assert "文件已加密" in text
    assert "没有读出内容" in text


def test_a_unit_is_shown_over_the_years(page: TestClient) -> None:
    row = re.search(r"<tr><td>2018</td>.*?</tr>", page.get("/units?name=清河县水利局").text)
    assert row is not None
    figures = re.findall(r'<td class="n">(.*?)</td>', row[0])
    assert figures == ["1", "267", "277.7", "104.01", "98", "1", "1"]


@pytest.mark.parametrize("sort", ["severity", "kind", "difference", "unit", "year"])
@pytest.mark.parametrize("turned", ["", "1"])
def test_findings_lead_to_those_beside_them(
    sort: str, turned: str, page: TestClient, published: Published
) -> None:
    publish_again(
        published.output,
        """INSERT INTO findings SELECT f.* REPLACE ('f' || i AS finding_id, i AS difference)
           FROM findings f, range(120) t(i)""",
    )
    listed = []
    for number in (1, 2, 3):
        text = page.get(f"/findings?sort={sort}&desc={turned}&page={number}").text
        listed += re.findall(r'href="/findings/(\w+)\?([^"]*)" data-row', text)
    assert len({finding for finding, _ in listed}) == 121
    for at in (0, 49, 50, 120):
        finding, query = listed[at]
        text = page.get(f"/findings/{finding}?{query.replace('&amp;', '&')}").text
        beside = re.findall(r'rel="(?:prev|next)" href="/findings/(\w+)', text)
        assert beside == [f for f, _ in (*listed[max(0, at - 1) : at], *listed[at + 1 : at + 2])]
    assert 'rel="next"' not in page.get(f"/findings/{listed[3][0]}?at=7&sort={sort}").text


def test_without_results_the_next_step_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="jixiao ingest"):
        create_app(tmp_path)


@pytest.mark.parametrize(
    ("host", "given", "needs_token"),
    [("127.0.0.1", None, False), ("0.0.0.0", None, True), ("127.0.0.1", "s3cret", True)],
)
def test_other_addresses_are_served_with_a_token_only(
    host: str,
    given: str | None,
    needs_token: bool,
    published: Published,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served: list[tuple[Any, str]] = []
    monkeypatch.setattr("uvicorn.run", lambda app, host, **_: served.append((app, host)))
    serve(published.output, host, 8765, given)
    app, bound = served[0]
    assert bound == host
    address = capsys.readouterr().out
    with TestClient(app, base_url=HERE) as client:
        assert client.get("/").status_code == (401 if needs_token else 200)
        token = re.search(r"\?token=(\S+)", address)
        assert bool(token) == needs_token
        assert client.get(f"/?token={token[1] if token else ''}").status_code == 200
