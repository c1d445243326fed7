from __future__ import annotations

import pytest

from app.web.chart import BASE, MOST_YEARS, TOP, Column, Label, month_chart, month_name, month_number, year_chart


def test_bars_stand_at_their_year_and_are_as_high_as_their_share() -> None:
    chart = year_chart([Column(2016, 10, "/a"), Column(2018, 5, "/b"), Column(2019, 1, "/c")])
    heights = [bar.height for bar in chart.bars]
    assert heights == [BASE - TOP, (BASE - TOP) / 2, (BASE - TOP) / 10]
    assert all(bar.top + bar.height == pytest.approx(BASE) for bar in chart.bars)
    assert [bar.middle for bar in chart.bars] == [12.5, 62.5, 87.5], "2017 keeps its place"
    assert [(bar.name, bar.path) for bar in chart.bars] == [("2016", "/a"), ("2018", "/b"), ("2019", "/c")]
    assert chart.most == 10
    assert chart.before is None


def test_years_that_do_not_fit_are_left_out_and_it_is_said() -> None:
    chart = year_chart([Column(1850, 1000, ""), Column(1990, 3, ""), Column(2020, 4, "")])
    assert [bar.name for bar in chart.bars] == ["1990", "2020"]
    assert chart.most == 4
    assert chart.before == 2020 - MOST_YEARS + 1


def test_one_year_alone_fills_the_picture() -> None:
    chart = year_chart([Column(2017, 3, "")])
    assert (chart.bars[0].middle, chart.labels) == (50.0, (Label("2017", 50.0, "middle"),))


def test_names_do_not_run_out_of_the_picture() -> None:
    chart = year_chart([Column(year, 1, "") for year in range(2000, 2010)])
    assert [bar.anchor for bar in chart.bars] == ["start"] * 2 + ["middle"] * 6 + ["end"] * 2
    many = year_chart([Column(year, 1, "") for year in range(1960, 2021)])
    assert [(label.text, label.anchor) for label in many.labels] == [
        (year, "middle") for year in ("1970", "1980", "1990", "2000", "2010")
    ]


def test_months_have_names_and_places_across_years() -> None:
    december, january = month_number(2016, 12), month_number(2017, 1)
    assert january == december + 1
    assert (month_name(december), month_name(january)) == ("December 2016", "January 2017")
    chart = month_chart(
        [Column(december, 2, ""), Column(january, 1, "")], month_number(2016, 1), month_number(2017, 12)
    )
    assert [bar.middle for bar in chart.bars] == [47.917, 52.083]
    assert [label.text for label in chart.labels] == ["2016", "Apr", "Jul", "Oct", "2017", "Apr", "Jul", "Oct"]
    one_year = month_chart([Column(december, 2, "")], month_number(2016, 1), december)
    assert [label.text for label in one_year.labels] == ["Jan", "Apr", "Jul", "Oct"]
