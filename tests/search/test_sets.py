"""Sets of articles behave as Python's, whichever way they are kept, and leave the scratch arrays as they were."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.search.whoosh.sets import Scratch, Scratches, Set, all_of, any_of, numbers, size, without

SIZE = 3000

members = st.one_of(
    st.sets(st.integers(0, SIZE - 1), max_size=8),
    st.builds(
        lambda first, step: set(range(first, SIZE, step)), st.integers(0, SIZE - 1), st.sampled_from([1, 2, 3, 70])
    ),
)
kept = st.tuples(members, st.booleans())


def as_kept(wanted: set[int], mask: bool) -> Set:
    rising = np.array(sorted(wanted), np.int32)
    if not mask:
        return rising
    marks = np.zeros(SIZE, np.bool_)
    marks[rising] = True
    return marks


def found(kept: Set) -> set[int]:
    rising = numbers(kept).tolist()
    assert rising == sorted(set(rising)) and size(kept) == len(rising)
    return set(rising)


@given(st.lists(kept, min_size=1, max_size=4))
def test_what_sets_have_in_common_and_what_any_has(sets: list[tuple[set[int], bool]]) -> None:
    scratch = Scratch(SIZE)
    given_sets = [as_kept(*one) for one in sets]
    before = [one.copy() for one in given_sets]
    assert found(all_of(given_sets, scratch)) == set.intersection(*(wanted for wanted, _ in sets))
    assert found(any_of(given_sets, scratch)) == set.union(*(wanted for wanted, _ in sets))
    assert not scratch.marks.any()
    assert all(np.array_equal(one, other) for one, other in zip(given_sets, before, strict=True))


@given(kept, kept)
def test_what_one_set_has_and_another_lacks(one: tuple[set[int], bool], other: tuple[set[int], bool]) -> None:
    scratch = Scratch(SIZE)
    assert found(without(as_kept(*one), as_kept(*other), scratch)) == one[0] - other[0]
    assert not scratch.marks.any()


def test_scratch_arrays_are_used_again_unless_a_search_failed_over_them() -> None:
    scratches = Scratches(10)
    with scratches.borrow() as first, scratches.borrow() as second:
        assert first is not second
    with scratches.borrow() as third:
        assert third in (first, second)
        third.marks[3] = True
        try:
            with scratches.borrow() as fourth:
                fourth.marks[5] = True
                raise KeyError
        except KeyError:
            pass
        with scratches.borrow() as fifth:
            assert fifth is not fourth and not fifth.marks.any()
