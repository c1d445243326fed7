"""Related articles: those that hold the words by which one is told from the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.search.small_index import SmallIndex, document

DREDGING = "The dredging of the estuary took weeks, and pilots waited for the dredging barge at the lighthouse."
PILOTS = "Pilots of the estuary asked what the dredging barge had cost, and who paid for the lighthouse."
VACCINE = "Clinics counted the vaccine that had come, and nurses asked for refrigerators."


@pytest.fixture
def index(tmp_path: Path) -> SmallIndex:
    index = SmallIndex(tmp_path / "index")
    index.commit(
        document("dredging", DREDGING),
        document("pilots", PILOTS),
        document("vaccine", VACCINE),
        *(document(f"other{n}", f"Notice {n} of the board, as it was read.") for n in range(20)),
    )
    return index


def related(index: SmallIndex, id: str) -> list[str]:
    return [one.id for one in index.engine.related(id)]


def test_articles_that_share_telling_words_are_related_and_the_words_told(index: SmallIndex) -> None:
    (one,) = index.engine.related("dredging")
    assert one.id == "pilots" and 0.15 <= one.share <= 1
    assert set(one.words) <= {"dredging", "estuary", "barge", "lighthouse", "pilots"} and len(one.words) > 1
    assert related(index, "pilots") == ["dredging"] and related(index, "vaccine") == []
    assert related(index, "no such article") == []


def test_what_is_gone_is_related_to_nothing(index: SmallIndex) -> None:
    index.commit(remove=("pilots",))
    assert related(index, "dredging") == [] and related(index, "pilots") == []


def test_the_same_text_in_other_places_is_not_related_and_comes_once(index: SmallIndex) -> None:
    index.commit(document("again", DREDGING), document("pilots again", PILOTS))
    assert len(related(index, "dredging")) == 1 and "again" not in related(index, "dredging")


def test_it_does_not_hang_on_the_number_of_segments(index: SmallIndex, tmp_path: Path) -> None:
    whole = SmallIndex(tmp_path / "whole")
    articles = [document(f"a{n}", f"{DREDGING} Pier {n}.", f"Pontoon{n % 3} and quay{n % 4}.") for n in range(4)]
    others = [document(f"b{n}", f"Tolls of gate{n} rose, and gate{n} was shut.") for n in range(12)]
    whole.commit(*articles, *others)
    parts = SmallIndex(tmp_path / "parts")
    for one in (*articles, *others):
        parts.commit(one)
    for one in articles:
        assert parts.engine.related(one.id) == whole.engine.related(one.id)
