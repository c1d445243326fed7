from app.store import browse
from app.store.browse import NameCount, PeriodCount, Shelf
from tests.conftest import Archive

RECORDS = (
    {"id": "1", "text": "One.", "source": "Beta", "published": "2014-03-02", "topics": ["aid", "trade"]},
    {"id": "2", "text": "Two.", "source": "alpha", "published": "2016", "author": "Ann"},
    {"id": "3", "text": "Three.", "source": "alpha", "published": "2016-12-31T23:59Z", "topics": ["aid"]},
    {"id": "4", "text": "Four."},
)


def test_names_have_counts_and_years(archive: Archive) -> None:
    archive.add(*RECORDS)
    with archive.database.reading() as connection:
        assert browse.names(connection, Shelf.SOURCES) == [
            NameCount("alpha", 2, 2016, 2016),
            NameCount("Beta", 1, 2014, 2014),
        ]
        assert [name.name for name in browse.names(connection, Shelf.TOPICS)] == ["aid", "trade"]
        assert browse.names(connection, Shelf.AUTHORS) == [NameCount("Ann", 1, 2016, 2016)]


def test_a_name_lists_its_articles_newest_first(archive: Archive) -> None:
    archive.add(*RECORDS)
    with archive.database.reading() as connection:
        page = browse.by_name(connection, Shelf.TOPICS, "aid", 10, 0)
        assert ([article.guid for article in page.articles], page.total) == (["3", "1"], 2)
        assert browse.by_name(connection, Shelf.TOPICS, "aid", 1, 1).articles[0].guid == "1"
        assert browse.by_name(connection, Shelf.TOPICS, "nobody", 10, 0).total == 0


def test_a_month_holds_only_articles_whose_month_is_known(archive: Archive) -> None:
    archive.add(*RECORDS)
    with archive.database.reading() as connection:
        assert browse.by_period(connection, 2016, None, 10, 0).total == 2
        assert browse.by_period(connection, 2016, 12, 10, 0).total == 1
        assert browse.by_period(connection, 2016, 1, 10, 0).total == 0
        assert browse.months(connection, 2016) == [PeriodCount(0, 1), PeriodCount(12, 1)]
        assert browse.undated(connection, 10, 0).total == 1


def test_the_archive_at_a_glance(archive: Archive) -> None:
    archive.add(*RECORDS)
    with archive.database.reading() as connection:
        glance = browse.glance(connection)
    assert (glance.articles, glance.sources, glance.authors, glance.topics, glance.undated) == (4, 2, 1, 2, 1)
    assert glance.years == (PeriodCount(2014, 1), PeriodCount(2016, 2))
