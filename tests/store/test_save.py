import itertools

import pytest

from app.domain.article import Article, Moved
from app.domain.permalink import permalink_id
from app.store import tables as t
from tests.conftest import LONG_ENOUGH, Archive


def counts(summary: object) -> dict[str, int]:
    found = summary.counts  # type: ignore[attr-defined]
    names = ("read", "added", "revised", "unchanged", "duplicates", "rejected")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


def test_a_permalink_comes_from_the_address(archive: Archive) -> None:
    archive.add("Text.", url="http://www.example.org/a/?utm_source=x#top", id="7", source="S")
    assert archive.ids() == [permalink_id("https://example.org/a")]


def test_without_an_address_it_comes_from_source_and_guid(archive: Archive) -> None:
    archive.add("Text.", id="7", source="S")
    assert archive.ids() == [permalink_id("S\n7")]


def test_without_either_it_comes_from_the_text(archive: Archive) -> None:
    archive.add("Text.")
    assert archive.ids() == [permalink_id(archive.only().fixity)]


def test_records_that_name_only_their_site_are_told_apart_by_their_ids(archive: Archive) -> None:
    archive.add({"text": "One.", "id": "1"}, {"text": "Two.", "id": "2"}, url="https://history.example/", source="S")
    assert len(archive.ids()) == 2


def test_the_same_input_again_changes_nothing_and_says_so(archive: Archive) -> None:
    records = [{"text": "One.", "url": "https://e.example/1"}, {"text": "Two.", "id": "2"}, {"text": "Three."}]
    assert counts(archive.add(*records)) == {"read": 3, "added": 3}
    generation = archive.index.generation()
    assert counts(archive.add(*records)) == {"read": 3, "unchanged": 3}
    assert archive.index.generation() == generation


def test_other_text_at_the_same_address_is_the_next_version(archive: Archive) -> None:
    archive.add("Twelve ships.", url="https://e.example/1", title="Ships")
    assert counts(archive.add("Fourteen ships.", url="https://e.example/1", title="Ships")) == {"read": 1, "revised": 1}
    article = archive.only()
    assert (article.version, article.versions, article.text) == (2, 2, "Fourteen ships.")


def test_other_metadata_is_the_next_version_too(archive: Archive) -> None:
    archive.add("Twelve ships.", url="https://e.example/1", title="Ships")
    archive.add("Twelve ships.", url="https://e.example/1", title="Twelve ships", author="Ann Other")
    article = archive.only()
    assert (article.version, article.slug, article.authors[0].value) == (2, "twelve-ships", "Ann Other")


def test_a_file_that_holds_two_versions_settles(archive: Archive) -> None:
    both = [{"text": text, "url": "https://e.example/1"} for text in ("Twelve ships.", "Fourteen ships.")]
    assert counts(archive.add(*both)) == {"read": 2, "added": 1, "revised": 1}
    assert counts(archive.add(*both)) == {"read": 2, "unchanged": 2}
    assert archive.only().text == "Fourteen ships."


def test_the_same_record_twice_in_a_run_is_a_duplicate(archive: Archive) -> None:
    assert counts(archive.add("One.", "One.")) == {"read": 2, "added": 1, "duplicates": 1}


def test_fields_that_nobody_knows_are_kept_and_make_no_version(archive: Archive) -> None:
    archive.add("One.", id="1", views=3)
    assert counts(archive.add("One.", id="1", views=4)) == {"read": 1, "unchanged": 1}


PRESS = [
    {"text": LONG_ENOUGH, "title": "Port", "url": f"https://{name}.example/port", "source": name, "topics": [name]}
    for name in ("north", "south", "west")
]


@pytest.mark.parametrize("order", list(itertools.permutations(PRESS)))
def test_exact_duplicates_are_one_article_whatever_their_order(archive: Archive, order: tuple[dict[str, str]]) -> None:
    assert counts(archive.add(*order)) == {"read": 3, "added": 1, "duplicates": 2}
    ids = sorted(permalink_id(record["url"]) for record in PRESS)  # type: ignore[arg-type]
    assert archive.ids() == ids[:1]
    article = archive.only()
    assert [address.id for address in article.also_at] == ids[1:]
    for id in ids[1:]:
        assert archive.find(id) == Moved(id, ids[0], "port")


def test_a_duplicate_is_found_under_every_source_that_published_it(archive: Archive) -> None:
    archive.add(*PRESS)
    for name in ("north", "south", "west"):
        assert archive.search("port", source=name).result.total == 1
        assert archive.search("port", topic=name).result.total == 1
    assert archive.search("port").result.total == 1


def test_a_duplicate_that_is_revised_is_an_article_of_its_own_again(archive: Archive) -> None:
    archive.add(*PRESS)
    for record in PRESS:
        archive.add({**record, "text": f"{LONG_ENOUGH} {record['source']} adds this."})
    assert len(archive.ids()) == 3
    assert archive.search("port").result.total == 3
    for id in archive.ids():
        found = archive.find(id)
        assert isinstance(found, Article)
        assert found.also_at == ()


def test_placeholders_are_not_duplicates(archive: Archive) -> None:
    archive.add({"text": "x", "id": "1"}, {"text": "x", "id": "2"})
    archive.add({"text": "Blah blah blah. " * 40, "id": "3"}, {"text": "Blah blah blah. " * 40, "id": "4"})
    assert len(archive.ids()) == 4


def test_an_id_that_is_taken_by_another_key_gets_longer(archive: Archive) -> None:
    archive.add("One.", id="1", source="S")
    (id,) = archive.ids()
    with archive.database.writing() as connection:
        # No two keys with the same 60 bits are known, so one is made to look as if it had them.
        connection.execute(t.article.update().values(identity_key="some other key"))
    archive.add("Two.", id="1", source="S")
    assert archive.ids() == [id, permalink_id("S\n1", 16)]


def test_every_value_has_its_origin(archive: Archive) -> None:
    archive.add(
        {
            "text": "One.",
            "title": "T",
            "author": "A",
            "source": "S",
            "published": "2016-07",
            "topics": ["x"],
            "summary": "Sum.",
            "language": "en",
        }
    )
    article = archive.only()
    stated = (
        article.title,
        article.source,
        article.published,
        article.summary,
        article.language,
        *article.authors,
        *article.topics,
    )
    assert {one.origin for one in stated if one is not None} == {"record"}
    assert str(article.published.value) == "2016-07"  # type: ignore[union-attr]


def test_the_day_of_ingest_never_stands_in(archive: Archive) -> None:
    archive.add("One.")
    assert archive.only().published is None
