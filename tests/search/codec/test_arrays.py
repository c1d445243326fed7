"""Files of arrays: what was written is read, and whatever is altered afterwards is noticed and named."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from whoosh.filedb.filestore import FileStorage, RamStorage

from app.search.whoosh.codec.format import ArrayFileWriter, DamagedFile, fitting, open_arrays
from app.search.whoosh.codec.terms import DictionaryWriter, Terms, read_dictionary

types = st.sampled_from(["u1", "<u2", "<u4", "<u8", "i1", "<i8", "<f4", ">u4"])
any_arrays = st.dictionaries(
    st.text(max_size=8),
    types.flatmap(
        lambda type_: st.lists(
            arrays.arrays(type_, st.tuples(st.integers(0, 9), st.just(2)), elements={"allow_nan": False}), min_size=1
        )
    ),
    max_size=4,
)


@settings(deadline=None)
@given(any_arrays, st.dictionaries(st.text(), st.integers()))
def test_arrays_are_read_as_they_were_written(written: dict[str, list[np.ndarray]], facts: dict[str, int]) -> None:
    storage = RamStorage()
    writer = ArrayFileWriter(storage, "file", "test")
    for name, parts in written.items():
        for part in parts:
            writer.append(name, part)
    writer.close(facts)
    file = open_arrays(storage, "file", "test")
    assert file.facts == facts
    file.verify()
    for name, parts in written.items():
        assert np.array_equal(file.array(name), np.concatenate(parts))
        assert file.array(name).dtype.itemsize == parts[0].dtype.itemsize


def small_file(storage: FileStorage | RamStorage) -> None:
    writer = ArrayFileWriter(storage, "file", "test")
    writer.append("numbers", np.arange(20, dtype=np.uint16))
    writer.append_bytes("bytes", b"some bytes")
    writer.close({"of": "nothing"})


def test_every_altered_byte_is_noticed_and_the_file_named() -> None:
    storage = RamStorage()
    small_file(storage)
    sound = storage.files["file"]
    for at in range(len(sound)):
        storage.files["file"] = sound[:at] + bytes([sound[at] ^ 1 << at % 8]) + sound[at + 1 :]
        with pytest.raises(DamagedFile, match="file"):
            open_arrays(storage, "file", "test").verify()


def test_the_damaged_array_is_named() -> None:
    storage = RamStorage()
    small_file(storage)
    storage.files["file"] = storage.files["file"].replace(b"some", b"same")
    with pytest.raises(DamagedFile, match=r"“bytes” of file"):
        open_arrays(storage, "file", "test").verify()


def test_a_file_cut_short_or_of_another_kind_is_not_opened(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path))
    small_file(storage)
    sound = (tmp_path / "file").read_bytes()
    for length in range(len(sound)):
        (tmp_path / "file").write_bytes(sound[:length])
        with pytest.raises(DamagedFile, match="file"):
            open_arrays(storage, "file", "test")
    (tmp_path / "file").write_bytes(sound)
    with pytest.raises(DamagedFile, match="holds test, not terms"):
        open_arrays(storage, "file", "terms")


def test_a_version_of_the_future_is_told_from_damage() -> None:
    storage = RamStorage()
    writer = ArrayFileWriter(storage, "file", "test")
    writer.close({})
    sound = storage.files["file"]
    header = sound[:8] + (2).to_bytes(4, "little") + sound[12:60]
    storage.files["file"] = header + crc32(header).to_bytes(4, "little") + sound[64:]
    with pytest.raises(DamagedFile, match="version 2; this program reads version 1"):
        open_arrays(storage, "file", "test")


def test_files_outlive_what_opened_them(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path))
    small_file(storage)
    numbers = open_arrays(storage, "file", "test").array("numbers")
    (tmp_path / "file").unlink()
    assert numbers.tolist() == list(range(20))
    assert not numbers.flags.writeable


def test_the_smallest_type_is_taken() -> None:
    assert [fitting(most).itemsize for most in (0, 255, 256, 65535, 65536, 2**32 - 1, 2**32)] == [1, 1, 2, 2, 4, 4, 8]


any_term = st.one_of(
    st.binary(max_size=12),
    st.builds(bytes.__add__, st.sampled_from([b"common beginning", b"common beg"]), st.binary(max_size=3)),
)


@settings(deadline=None)
@given(st.sets(any_term).map(sorted), st.lists(any_term), st.integers(1, 5))
def test_a_dictionary_finds_its_terms_and_no_others(terms: list[bytes], others: list[bytes], at_once: int) -> None:
    storage = RamStorage()
    file = ArrayFileWriter(storage, "file", "test")
    writer = DictionaryWriter(file, "words", sum(map(len, terms)))
    for start in range(0, len(terms), at_once):
        writer.add(Terms.of(terms[start : start + at_once]))
    file.close({})
    dictionary = read_dictionary(open_arrays(storage, "file", "test"), "words")
    assert dictionary.terms() == terms
    assert dictionary.terms(1, 3) == terms[1:3]
    for term in [*terms, *others]:
        assert dictionary.place(term) == sum(other < term for other in terms)
        assert dictionary.find(term) == (terms.index(term) if term in terms else None)
    wanted = sorted({*terms, *others})
    assert list(dictionary.find_all(wanted)) == [(wanted.index(term), place) for place, term in enumerate(terms)]


@settings(deadline=None)
@given(st.lists(any_term), st.lists(any_term))
def test_terms_side_by_side_are_put_in_order_and_equal_ones_told(some: list[bytes], others: list[bytes]) -> None:
    joined = Terms.joined([Terms.of(some), Terms.of(others)])
    every = some + others
    assert joined.to_list() == every
    order, differs = joined.in_order()
    assert order.tolist() == sorted(range(len(every)), key=every.__getitem__)
    assert joined.at(order[differs]).to_list() == sorted(set(every))
