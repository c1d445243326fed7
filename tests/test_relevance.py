"""`make eval` reads collections as they are found in public, sends them through the real archive, and counts right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import relevance
from benchmarks.baselines import BASELINES
from benchmarks.collection import (
    ArticlesMissing,
    Document,
    WrongCollection,
    read_collection,
    read_documents,
    read_judgements,
    read_queries,
)

PORTS = [
    {"_id": "d1", "title": "A port reopens", "text": "Grain ships left the port again after the dredging."},
    {"_id": "d2", "title": "Harvest", "text": "The harvest was poor, and bread is dear."},
    {"_id": "d3", "title": "", "text": "Dredging a port takes a season and costs more than it earns."},
    {"_id": "d4", "title": "Empty", "text": ""},
]
REPRINT = (
    "Delegates in three capitals argued all night over who should pay for the lighthouse, and when morning came the "
    "oldest of them proposed that the fishermen be asked."
)


def lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def collection(folder: Path, documents: Iterable[dict[str, Any]], queries: dict[str, str], judgements: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "docs.jsonl").write_text(lines(documents))
    (folder / "queries.jsonl").write_text(lines({"_id": id, "text": text} for id, text in queries.items()))
    (folder / "qrels.tsv").write_text(judgements)
    return folder


def test_every_system_finds_what_answers(tmp_path: Path) -> None:
    folder = collection(
        tmp_path / "ports",
        PORTS,
        {"q1": "port dredging", "q2": "bread"},
        "query\tdoc\tscore\nq1\td1\t1\nq1\td3\t1\nq2\td2\t1\n",
    )
    report = relevance.measure(read_collection(folder), [relevance.OURS, "whoosh", "fts5"])
    for system in report.systems:
        assert system.means == pytest.approx({"MAP": 1.0, "nDCG@10": 1.0, "P@10": 0.15, "R@100": 1.0}), system.system
    assert [note for note in report.notes if "it has no text" in note]


def test_bm25s_ranks_where_it_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("bm25s")
    texts = {"a": "Grain left the port.", "b": "Bread is dear.", "c": "Ships wait off the port."}
    documents = [Document(id, "", text) for id, text in texts.items()]
    rank = BASELINES["bm25s"](documents, tmp_path, 10)
    assert set(rank("ports")) == {"a", "c"}
    assert rank("the") == []


def test_a_hit_counts_for_every_id_with_the_same_text(tmp_path: Path) -> None:
    documents = [
        {"id": "z", "title": "Lighthouse", "contents": REPRINT},
        {"id": "a", "title": "Lighthouse", "contents": REPRINT},
        {"id": "m", "title": "Fog", "contents": "A lighthouse stands in fog."},
    ]
    folder = collection(tmp_path / "reprints", documents, {"1": "lighthouse fishermen"}, "1 0 a 1\n1 0 z 1\n")
    report = relevance.measure(read_collection(folder), [relevance.OURS])
    assert report.systems[0].means["MAP"] == 1.0
    assert any("duplicate others" in note and note.endswith("1.") for note in report.notes)


def test_figures_follow_the_order_shown_and_queries_without_an_answer_count_as_zero() -> None:
    judged = {"q": {"a": 1, "b": 0, "c": 2}, "none": {"a": 1}}
    found = relevance.figures(judged, {"q": ["b", "c", "x", "a"], "none": []})
    assert found["q"]["MAP"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert found["q"]["P@10"] == pytest.approx(0.2)
    assert found["q"]["R@100"] == 1.0
    assert found["none"] == dict.fromkeys(relevance.MEASURES, 0.0)


def test_articles_from_elsewhere_go_by_their_id_their_address_or_their_file(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "note.txt").write_text("Salt is taxed by the sack.\n")
    records = [
        {"id": "own-id", "source": "Wire", "text": "Salt went up again."},
        {"url": "https://wire.example/salt", "text": "Nobody likes the salt tax."},
    ]
    (articles / "records.jsonl").write_text(lines(records))
    folder = tmp_path / "salt"
    folder.mkdir()
    (folder / "docs.from").write_text("# beside this folder\n../articles\n")
    (folder / "queries.jsonl").write_text('{"id": 1, "query": "salt"}\n')
    (folder / "qrels.tsv").write_text("1 note.txt 1\n1 own-id 1\n1 https://wire.example/salt 2\n1 gone 1\n")
    report = relevance.measure(read_collection(folder), [relevance.OURS, "fts5"])
    assert [system.means["R@100"] for system in report.systems] == [pytest.approx(3 / 4)] * 2
    assert any("gone" in note for note in report.notes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"_id": "a", "text": "x"}\n{"_id": "b"', "line 2: it is not JSON"),
        ('{"text": "x"}\n', "line 1: it has no id"),
        ('{"_id": "a"}\n', "line 1: it has neither text nor contents nor body nor title"),
        ('{"_id": "a", "text": ["x"]}\n', "line 1: its text is not text"),
        ('{"_id": "a", "text": "x"}\n\n{"docno": "a", "body": "y"}\n', "line 3: line 1 has the id a already"),
        ("[1]\n", "line 1: it is not a JSON object"),
    ],
)
def test_a_wrong_document_is_named_with_its_line(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "docs.jsonl"
    file.write_text(content)
    with pytest.raises(WrongCollection) as error:
        list(read_documents(file))
    assert str(error.value).startswith(f"{file}, {reason}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("q d\n", "line 1: it has 2 columns"),
        ("q d 1\nq e good\n", "line 2: its grade “good” is not a whole number"),
        ("q d 1\nq d 2\n", "line 2: it judges d for q once more"),
    ],
)
def test_a_wrong_judgement_is_named_with_its_line(tmp_path: Path, content: str, reason: str) -> None:
    file = tmp_path / "qrels.tsv"
    file.write_text(content)
    with pytest.raises(WrongCollection) as error:
        read_judgements(file)
    assert str(error.value).startswith(f"{file}, {reason}")


def test_judgements_come_in_three_or_four_columns_parted_by_tabs_or_blanks(tmp_path: Path) -> None:
    file = tmp_path / "qrels.tsv"
    file.write_text("query-id\tcorpus-id\tscore\nq1\td 1\t2\n")
    assert read_judgements(file) == {"q1": {"d 1": 2}}
    file.write_text("q1 0 d1 2\nq1 0 d2 0\n")
    assert read_judgements(file) == {"q1": {"d1": 2, "d2": 0}}


def test_queries_are_found_under_any_of_their_names(tmp_path: Path) -> None:
    file = tmp_path / "queries.jsonl"
    queries: list[dict[str, Any]] = [
        {"_id": 7, "text": " two\nwords "},
        {"query_id": "b", "query": "one"},
        {"id": "c", "title": "topic"},
    ]
    file.write_text(lines(queries))
    assert read_queries(file) == {"7": "two words", "b": "one", "c": "topic"}


def test_what_can_not_be_measured_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongCollection, match="there is no such folder"):
        read_collection(tmp_path / "nowhere")
    folder = collection(tmp_path / "empty", PORTS, {"q1": "port"}, "q1 d1 0\n")
    with pytest.raises(WrongCollection, match="nothing to measure"):
        read_collection(folder)
    (folder / "qrels.tsv").write_text("q1 d1 1\nq1 d2 0\nq9 d1 1\n")
    assert "q9" in read_collection(folder).notes[0]
    (folder / "docs.from").write_text("../not-here\n")
    with pytest.raises(ArticlesMissing, match=r"docs\.from, line 1: the articles are not there"):
        read_collection(folder)


def test_json_holds_what_the_table_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = collection(tmp_path / "ports", PORTS, {"q1": "port"}, "q1\td1\t1\n")
    assert relevance.main([str(folder), "--systems", "archive,fts5", "--json", "--queries"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["collection"], found["articles"], found["queries"]) == ("ports", 4, 1)
    assert set(found["systems"]) == {"archive", "fts5"}
    assert found["each"][0]["systems"]["archive"]["MAP"] == found["systems"]["archive"]["MAP"]
    assert relevance.main([str(tmp_path / "nowhere")]) == 2
    assert "there is no such folder" in capsys.readouterr().err


def test_our_judgements_of_the_sample_articles_name_articles_that_are_there() -> None:
    report = relevance.measure(read_collection(relevance.OUR_COLLECTIONS[0]), [])
    assert len(report.collection.queries) >= 25
    assert not [note for note in report.notes if "not among the articles" in note]


@pytest.mark.usefixtures("shared_data")
def test_our_judgements_of_the_articles_beside_the_checkout_are_in_order() -> None:
    read = read_collection(relevance.OUR_COLLECTIONS[1])
    assert len(read.queries) >= 50
    assert {grade for grades in read.judged.values() for grade in grades.values()} == {0, 1, 2}
    assert not read.notes
