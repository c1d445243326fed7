from datetime import UTC, datetime

import pytest

from app.domain.dates import ImpossibleDate, Precision, display_date, parse_date

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("2016", "2016", "year"),
        ("2016-07", "2016-07", "month"),
        ("2016-7", "2016-07", "month"),
        ("July 2016", "2016-07", "month"),
        ("Sept. 2016", "2016-09", "month"),
        ("2016-07-21", "2016-07-21", "day"),
        ("2016/07/21", "2016-07-21", "day"),
        ("20160721", "2016-07-21", "day"),
        ("July 21, 2016", "2016-07-21", "day"),
        ("Thursday, July 21st, 2016", "2016-07-21", "day"),
        ("21 July 2016", "2016-07-21", "day"),
        ("the 21 July 2016", None, None),
        ("2016-07-05 8:00:00 -0500", "2016-07-05T08:00-05:00", "minute"),
        ("2014-03-12T10:11:00-04:00", "2014-03-12T10:11-04:00", "minute"),
        ("2014-03-12T10:11:59.123Z", "2014-03-12T10:11Z", "minute"),
        ("2014-03-12T10:11", "2014-03-12T10:11", "minute"),
        ("2014-03-12 10:11 +05:30", "2014-03-12T10:11+05:30", "minute"),
        ("Wed, 02 Oct 2002 13:00:00 GMT", "2002-10-02T13:00Z", "minute"),
        ("  2016-07-21\n", "2016-07-21", "day"),
        ("1776-07-04", "1776-07-04", "day"),
    ],
)
def test_a_date_keeps_the_precision_it_was_written_with(text: str, iso: str | None, precision: str | None) -> None:
    if iso is None:
        with pytest.raises(ImpossibleDate):
            parse_date(text, NOW)
        return
    date = parse_date(text, NOW)
    assert (str(date), date.precision) == (iso, precision)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("2016-02-31", "not a day in the calendar"),
        ("2016-13", "not a day in the calendar"),
        ("2016-07-05 25:00", "not a day in the calendar"),
        ("-0001-01-01", "sign"),
        ("-1", "sign"),
        ("0000-01-01", "too early"),
        ("0999", "too early"),
        ("2031-01-01", "future"),
        ("2027", "future"),
        ("1970-01-01", "do not know the date"),
        ("1970-01-01T00:00:00Z", "do not know the date"),
        ("7/5/2016", "without guessing"),
        ("yesterday", "without guessing"),
        ("2016-07-05T10:00+99:00", "not a day in the calendar"),
        ("x" * 100_000, "without guessing"),
    ],
)
def test_an_impossible_date_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ImpossibleDate, match=reason):
        parse_date(text, NOW)


def test_a_date_of_today_is_believed_in_every_time_zone() -> None:
    assert str(parse_date("2026-01-01T13:00+14:00", NOW)) == "2026-01-01T13:00+14:00"


def test_dates_sort_as_numbers_with_the_coarser_first() -> None:
    keys = [parse_date(text, NOW).key for text in ("2016", "2016-07", "2016-07-21", "2016-07-21T00:01", "2017")]
    assert keys == sorted(keys)


def test_a_reader_sees_as_much_as_is_known() -> None:
    assert display_date(parse_date("2016", NOW)) == "2016"
    assert display_date(parse_date("2016-07", NOW)) == "July 2016"
    assert display_date(parse_date("2016-07-01T10:00Z", NOW)) == "1 July 2016"
    assert display_date(None) == "date unknown"


def test_precision_names_are_those_of_the_contract() -> None:
    assert [precision.value for precision in Precision] == ["year", "month", "day", "minute"]
