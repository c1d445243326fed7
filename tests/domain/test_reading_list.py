from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.permalink import ALPHABET
from app.domain.reading_list import MOST_ITEMS, Item, read_items, read_permalink, write_items

ID, OTHER, MARK = "0123456789ab", "cdefghjkmnpqrstv", "abcd2345"

names = st.builds(
    Item,
    st.one_of(st.text(ALPHABET, min_size=length, max_size=length) for length in (12, 16)),
    st.none() | st.text(ALPHABET, min_size=8, max_size=8),
)


@given(st.lists(names, max_size=20, unique=True))
def test_what_is_written_is_read(items: list[Item]) -> None:
    assert read_items(write_items(items)).items == tuple(items)


def test_items_are_read_as_people_write_them_each_once_and_in_order() -> None:
    read = read_items(f" {OTHER.upper()}.{MARK}, {ID},,{ID},{ID}.short, nonsense ,{ID}.{MARK}")
    assert read.items == (Item(OTHER, MARK), Item(ID), Item(ID, MARK))
    assert read.unread == (f"{ID}.short", "nonsense") and read.left_out == 0


def test_a_list_that_is_too_long_says_how_much_was_left_out() -> None:
    read = read_items(",".join(f"{number:012d}" for number in range(MOST_ITEMS + 7)))
    assert len(read.items) == MOST_ITEMS and read.left_out == 7


@pytest.mark.parametrize(
    ("pasted", "meant", "number"),
    [
        (f"http://archive.test/a/{ID}/a-slug", Item(ID), None),
        (f"  /a/{ID}/a-slug?q=port#p12 ", Item(ID), 12),
        (f"/a/{ID}#p3", Item(ID), 3),
        (f"https://archive.test/a/{ID}/p/{MARK}", Item(ID, MARK), None),
        (f"/a/{ID}.json", Item(ID), None),
        (f"{ID}", Item(ID), None),
        (f"{ID}.{MARK}", Item(ID, MARK), None),
    ],
)
def test_a_pasted_permalink(pasted: str, meant: Item, number: int | None) -> None:
    found = read_permalink(pasted)
    assert found is not None and (found.item, found.number) == (meant, number)


@pytest.mark.parametrize(
    "pasted", ["", "/a/", "/a/short", f"/a/{ID}/p/short", "/browse/2016", f"{ID},{OTHER}", "x" * 10_000]
)
def test_what_is_no_permalink(pasted: str) -> None:
    assert read_permalink(pasted) is None
