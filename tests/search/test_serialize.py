from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from app.domain.query import FILTER_FIELDS, Filters, Match, Sort
from app.search.engine import SearchRequest
from app.search.parse import parse
from app.search.serialize import narrowed_by, search_parameters, with_filter

values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
several = st.lists(values, max_size=3).map(tuple)
dates = st.sampled_from([None, "2016", "2016-07"])
requests = st.builds(
    SearchRequest,
    st.builds(parse, st.one_of(st.text(max_size=20), st.just("a=b&source=%00+c")), st.sampled_from([None, *Match])),
    st.builds(Filters, source=several, author=several, topic=several, year=several, since=dates, until=dates),
    st.sampled_from(Sort),
    st.just(1),
    st.sampled_from([10, 25]),
    st.booleans(),
)


@given(requests, st.sampled_from(FILTER_FIELDS), values)
def test_a_link_that_narrows_is_the_address_of_the_search_with_that_value(
    request: SearchRequest, field: str, value: str
) -> None:
    narrowed = narrowed_by(request, field)(value)
    assert narrowed == search_parameters(request, with_filter(request.filters, field, (value,)))
    assert [given for name, given in parse_qsl(narrowed, keep_blank_values=True) if name == field] == [value]


def test_a_query_that_looks_like_a_filter_stays_a_query() -> None:
    request = SearchRequest(parse("source=\0&source=x"))
    assert narrowed_by(request, "source")("y") == "q=source%3D%00%26source%3Dx&source=y"
