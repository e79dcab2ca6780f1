"""The durable store: transactions, versions, and changes of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from plain_reports import extract

from pipeline.reading import read_source, to_batch
from pipeline.sources import Content, Given, Source, expand, identify
from pipeline.store import Reread, Store, open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for name, text in (("a", "甲 1\n乙 2"), ("b", "丙 3")):
        (tmp_path / "in" / name).write_text(text, "utf-8")
    return tmp_path / "in"


def contents_of(folder: Path) -> list[Content]:
    found = identify(expand([folder], exclude=folder / "none").sources)
    return [each for each in found if isinstance(each, Content)]


def fill(store: Store, contents: list[Content]) -> None:
    store.place(contents)
    read = [to_batch([read_source(c.source, extract)], store.version) for c in contents]
    store.add([batch for _, batch in read], "run")


@contextmanager
def copied(store: Store, path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    store.copy_to(path)
    with duckdb.connect(str(path)) as connection:
        yield connection


def test_what_is_added_is_known_after_opening_again(folder: Path, tmp_path: Path) -> None:
    contents = contents_of(folder)
    with open_store(tmp_path / "s", "v1") as store:
        assert store.unread(contents) == tuple(contents)
        fill(store, contents)
    with open_store(tmp_path / "s", "v1") as store:
        assert store.unread(contents) == ()
        with copied(store, tmp_path / "w") as work:
            assert work.execute("SELECT raw FROM funds ORDER BY raw").fetchall() == [
                ("1",), ("2",), ("3",),
            ]  # fmt: skip


def test_a_new_version_reads_again_and_replaces(folder: Path, tmp_path: Path) -> None:
    contents = contents_of(folder)
    with open_store(tmp_path / "s", "v1") as store:
        fill(store, contents)
    with open_store(tmp_path / "s", "v2") as store:
        assert store.unread(contents) == ()  # only when asked: a night has to be foreseeable
        assert store.unread(contents, Reread(outdated=True)) == tuple(contents)
        fill(store, contents[:1])
        with copied(store, tmp_path / "w") as work:
            found = work.execute("SELECT extractor_version, count(*) FROM documents GROUP BY 1")
            assert sorted(found.fetchall()) == [("v1", 1), ("v2", 1)]
            assert work.execute("SELECT count(*) FROM funds").fetchall() == [(3,)]


def test_sources_of_another_version_are_read_again_unless_given(
    folder: Path, tmp_path: Path
) -> None:
    contents = contents_of(folder)
    with open_store(tmp_path / "s", "v1") as store:
        fill(store, contents)
        store.give(())
        assert store.left_out(Reread(outdated=True)) == ()
    with open_store(tmp_path / "s", "v2") as store:
        (folder / "b").unlink()
        store.give(())
        assert store.left_out(Reread()) == ()
        assert [source.name for source in store.left_out(Reread(outdated=True))] == ["a"]
        store.give([contents[0].source])
        assert store.left_out(Reread(outdated=True)) == ()


def test_adding_twice_changes_nothing(folder: Path, tmp_path: Path) -> None:
    contents = contents_of(folder)
    with open_store(tmp_path / "s", "v1") as store:
        fill(store, contents)
        fill(store, contents)
        with copied(store, tmp_path / "w") as work:
            counts = "SELECT (FROM (SELECT count(*) FROM documents)), (SELECT count(*) FROM funds)"
            assert work.execute(counts).fetchall() == [(2, 3)]


def test_a_batch_that_fails_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    contents = contents_of(folder)
    _, batch = to_batch([read_source(contents[0].source, extract)], "v1")
    broken = type(batch)(batch.read, (*batch.tables[:-1], batch.tables[0]))
    with open_store(tmp_path / "s", "v1") as store:
        with pytest.raises(duckdb.Error):
            store.add([broken], "run")
        assert store.unread(contents) == tuple(contents)
        with copied(store, tmp_path / "w") as work:
            assert work.execute("SELECT count(*) FROM documents").fetchall() == [(0,)]


def test_the_same_document_in_several_batches_is_stored_once(folder: Path, tmp_path: Path) -> None:
    (content, _) = contents_of(folder)
    twin = Source("twin", "twin", content.source.path)
    results = [read_source(source, extract) for source in (content.source, twin)]
    with open_store(tmp_path / "s", "v1") as store:
        store.place([content, Content(twin, content.content_id, content.size)])
        store.add([to_batch([result], "v1")[1] for result in results], "run")
        with copied(store, tmp_path / "w") as work:
            assert work.execute("SELECT source_uris FROM documents").fetchall() == [
                ([content.source.uri, "twin"],)
            ]
            assert work.execute("SELECT count(*) FROM funds").fetchall() == [(2,)]


def test_a_changed_contract_reads_again_and_keeps_the_times(folder: Path, tmp_path: Path) -> None:
    contents = contents_of(folder)
    with open_store(tmp_path / "s", "v1") as store:
        fill(store, contents)
    with duckdb.connect(str(tmp_path / "s")) as connection:  # as an older version may have left it
        connection.execute("ALTER TABLE ingests DROP COLUMN reason")
        connection.execute("ALTER TABLE funds DROP COLUMN resolution")
        connection.execute("UPDATE layout SET digest = 'older'")
    with open_store(tmp_path / "s", "v1") as store:
        assert store.unread(contents) == tuple(contents)
        store.give(())
        assert [source.name for source in store.left_out(Reread())] == ["a", "b"]
        fill(store, contents)
        with copied(store, tmp_path / "w") as work:
            assert work.execute("SELECT count(resolution) FROM funds").fetchall() == [(3,)]
            assert work.execute("SELECT count(*) FROM ingests").fetchall() == [(4,)]


def test_only_sources_below_a_given_folder_are_retired(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("甲 1", "utf-8")
    uris = ("in/a", "in/sub/b", "inner/c", "d", "/abs/e")
    with open_store(tmp_path / "s", "v1") as store:
        for uri in uris:
            fill(store, [Content(Source(uri, uri, path), "", 0)])
        given = Given((Source("in/a", "a", path),), ("in",))
        store.give(given.sources)
        assert [each.source_uri for each in store.retire(given)] == ["in/sub/b"]
        store.give(())
        gone = [each.source_uri for each in store.retire(Given((), (".",)))]
        assert gone == ["d", "in/a", "inner/c"]
