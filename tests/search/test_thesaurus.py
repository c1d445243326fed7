from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.query import And, Clause, Field, Fuzzy, Match, Near, Not, Or, Pattern, Phrase, Query, Widened, Word
from app.search.parse import parse
from app.search.thesaurus import LONGEST_NAME, MOST_NAMES, SHIPPED, Thesaurus, ThesaurusError, ThesaurusFile

ISIS = ("ISIS", "ISIL", "Daesh", "Islamic State", "Islamic State of Iraq and Syria")
SMALL = Thesaurus(
    (
        ISIS,
        ("ISI", "Inter-Services Intelligence"),
        ("United States", "US", "U.S.", "USA"),
        ("al-Qaeda", "al-Qaida"),
        ("Houthis", "Ansar Allah"),
        ("Non-Proliferation Treaty", "NPT"),
        ("Iraq", "Republic of Iraq"),
        ("WHO", "World Health Organization", "World Health Organisation"),
    )
)


def others(name: str) -> tuple[str, ...]:
    return tuple(other for other in ISIS if other != name)


def wide(text: str, match: Match | None = None) -> Clause | None:
    return SMALL.widen(parse(text, match)).wide


# Names


@pytest.mark.parametrize(
    ("text", "aliases"),
    [
        ("ISIS", others("ISIS")),
        ("isis", others("ISIS")),
        ("islamic state", others("Islamic State")),
        ("ISI", ("Inter-Services Intelligence",)),
        ("interservices intelligence", ("ISI",)),
        ("US", ("United States", "USA")),
        ("U.S.", ("United States", "USA")),
        ("U.S.’s", ("United States", "USA")),
        ("united states", ("US", "USA")),
        ("us", ()),
        ("who", ()),
        ("WHO", ("World Health Organization", "World Health Organisation")),
        ("world health organisation", ("WHO",)),
        ("al-Qaeda", ("al-Qaida",)),
        ("Al Qaeda", ("al-Qaida",)),
        ("alQaeda", ("al-Qaida",)),
        ("houthi", ("Ansar Allah",)),
        ("nonproliferation treaty", ("NPT",)),
        ("the islamic state", ()),
        ("state islamic", ()),
        ("mosul", ()),
        ("", ()),
        ("?!", ()),
    ],
)
def test_the_other_names_of_a_name_however_it_is_spelt(text: str, aliases: tuple[str, ...]) -> None:
    assert SMALL.aliases(text) == aliases


def test_names_that_are_looked_up_alike_are_kept_once() -> None:
    assert ("United States", "US", "USA") in SMALL.groups


def test_an_empty_thesaurus_adds_nothing() -> None:
    query = parse("isis")
    assert Thesaurus(()).widen(query) is query
    assert Thesaurus(()).aliases("isis") == ()


# Queries


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("isis", Widened(Word("isis"), others("ISIS"))),
        ("mosul isis", And((Word("mosul"), Widened(Word("isis"), others("ISIS"))))),
        ("islamic state", Widened(And((Word("islamic"), Word("state"))), others("Islamic State"))),
        (
            "Islamic State mosul",
            And((Widened(And((Word("Islamic"), Word("State"))), others("Islamic State")), Word("mosul"))),
        ),
        (
            "Islamic State of Iraq and Syria",
            Widened(And(tuple(map(Word, "Islamic State of Iraq and Syria".split()))), ISIS[:-1]),
        ),
        (
            "Islamic State of Iraq",
            And(
                (
                    Widened(And((Word("Islamic"), Word("State"))), others("Islamic State")),
                    Word("of"),
                    Widened(Word("Iraq"), ("Republic of Iraq",)),
                )
            ),
        ),
        ("-isis", Not(Widened(Word("isis"), others("ISIS")))),
        ("mosul -isis", And((Word("mosul"), Not(Widened(Word("isis"), others("ISIS")))))),
        ("isis OR taliban", Or((Widened(Word("isis"), others("ISIS")), Word("taliban")))),
        (
            "mosul (islamic state OR taliban)",
            And(
                (
                    Word("mosul"),
                    Or((Widened(And((Word("islamic"), Word("state"))), others("Islamic State")), Word("taliban"))),
                )
            ),
        ),
        ("non-proliferation treaty", Widened(And((Word("non-proliferation"), Word("treaty"))), ("NPT",))),
        ("US us", And((Widened(Word("US"), ("United States", "USA")), Word("us")))),
    ],
)
def test_what_a_query_is_widened_to(text: str, tree: Clause) -> None:
    query = parse(text)
    widened = SMALL.widen(query)
    assert widened.wide == widened.asked == tree
    assert widened.root == query.root


@pytest.mark.parametrize(
    "text",
    ['"isis"', '"islamic state"', "islamic OR state", "islamic -state", "islamic mosul state", "mosul", "", "us"],
)
def test_what_is_not_widened(text: str) -> None:
    query = parse(text)
    assert SMALL.widen(query) is query


@pytest.mark.parametrize(
    "root",
    [
        Phrase("isis"),
        Pattern("isis*"),
        Fuzzy("isis", 1),
        Near((Phrase("isis"), Phrase("mosul")), 10),
        Field("author", Word("ISIS")),
        Field("source", And((Word("Islamic"), Word("State")))),
        Field("topic", Word("ISIS")),
        Or((Word("islamic"), Word("state"))),
    ],
)
def test_what_is_asked_for_exactly_stays_exact(root: Clause) -> None:
    query = Query("", root)
    assert SMALL.widen(query) is query


@pytest.mark.parametrize("name", ["title", "text"])
def test_words_in_a_title_or_text_are_widened(name: str) -> None:
    root = And((Field(name, And((Word("islamic"), Word("state")))), Word("mosul")))
    inner = Widened(And((Word("islamic"), Word("state"))), others("Islamic State"))
    assert SMALL.widen(Query("", root)).wide == And((Field(name, inner), Word("mosul")))


def test_in_a_sentence_the_words_of_a_name_still_count_alone() -> None:
    islamic, state = Word("islamic"), Word("state")
    group = Widened(And((islamic, state)), others("Islamic State"))
    assert wide("islamic state", Match.ANY) == Or((group, islamic, state))
    assert wide("islamic state -mosul", Match.ANY) == And((Or((group, islamic, state)), Not(Word("mosul"))))
    assert wide("isis mosul", Match.ANY) == Or((Widened(Word("isis"), others("ISIS")), Word("mosul")))


PIECES = st.sampled_from(
    [
        *"islamic Islamic state State of Iraq and Syria isis US us U.S. al-Qaeda al qaeda".split(),
        *'non-proliferation treaty mosul AND OR NOT ( ) - " “ ” + , . é 中国 $5 million'.split(),
        *"title:isis author:US =US NEAR/3".split(),
    ]
)
TEXTS = st.text() | st.lists(PIECES, max_size=20).map(" ".join)


def flat(kind: type[And] | type[Or], clauses: Iterator[Clause]) -> Clause:
    found: list[Clause] = []
    for clause in clauses:
        found.extend(clause.clauses if isinstance(clause, kind) else [clause])
    return kind(tuple(found))


def unwrapped(clause: Clause) -> Clause:
    match clause:
        case Widened(inner, _):
            return inner
        case Not(inner):
            return Not(unwrapped(inner))
        case Field(name, inner):
            return Field(name, unwrapped(inner))
        case And(clauses):
            return flat(And, map(unwrapped, clauses))
        case Or(clauses):
            return flat(Or, map(unwrapped, clauses))
        case _:
            return clause


def names_in(clause: Clause) -> Iterator[tuple[str, ...]]:
    """The aliases of every name that was widened."""
    match clause:
        case Widened(_, aliases):
            yield aliases
        case Not(inner) | Field(_, inner):
            yield from names_in(inner)
        case And(clauses) | Or(clauses):
            for inner in clauses:
                yield from names_in(inner)


@settings(max_examples=200)
@given(TEXTS)
def test_widening_only_adds(text: str) -> None:
    query = SMALL.widen(parse(text, Match.ALL))
    assert unwrapped(query.asked) == query.root
    assert (query.wide is None) == (not list(names_in(query.asked)))
    assert all(names_in(query.asked))


@settings(max_examples=200)
@given(TEXTS)
def test_in_a_sentence_too_every_word_is_still_there(text: str) -> None:
    def words(clause: Clause) -> set[Clause]:
        match clause:
            case Widened(inner, _) | Not(inner) | Field(_, inner):
                return words(inner)
            case And(clauses) | Or(clauses):
                return {word for inner in clauses for word in words(inner)}
            case _:
                return {clause}

    query = SMALL.widen(parse(text, Match.ANY))
    assert words(query.asked) == words(query.root)
    if isinstance(query.root, Or) and isinstance(query.asked, Or):
        alone = {unwrapped(clause) for clause in query.asked.clauses}
        assert alone.issuperset(clause for clause in query.root.clauses if isinstance(clause, Word))


# The file


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "names.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_file_of_groups_and_comments(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\ufeff# armed groups\r\n\r\n  ISIS ,Islamic\tState  # not ISI\r\n   \n#ISI, nobody\nKyiv, Kiev",
    )
    assert Thesaurus.read(path).groups == (("ISIS", "Islamic State"), ("Kyiv", "Kiev"))


def test_a_file_without_groups_is_an_empty_thesaurus(tmp_path: Path) -> None:
    assert Thesaurus.read(written(tmp_path, "# none yet\n")).groups == ()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b"Kyiv, Kiev\r\n\r\nC\xf4te d'Ivoire, Ivory Coast\r\n", 3, "not UTF-8"),
        (b"\xef\xbb\xbf#\n\xf4, o\n", 2, "not UTF-8"),
        ("ISIS\n", 1, "“ISIS” stands alone"),
        ("US, U.S.\n", 1, "“US” stands alone"),
        ("Houthi, Houthis\n", 1, "“Houthi” stands alone"),
        ("anti-Semitism, antisemitism\n", 1, "“anti-Semitism” stands alone"),
        ("ISIS, Daesh\n# more\nKyiv, Kiev\nIslamic State, isis\n", 4, "“isis” already stands in the group that begins"),
        ("al-Qaeda, AQ\nalqaeda, Qaida\n", 2, "“alqaeda” already stands"),
        ("ISIS, ???\n", 1, "“???” is a name without any word"),
        ("ISIS, Daesh,\n", 1, "a comma too many"),
        ("ISIS,, Daesh\n", 1, "a comma too many"),
        (f"ISIS, {'x' * (LONGEST_NAME + 1)}\n", 1, f"has {LONGEST_NAME + 1} characters"),
        (", ".join(f"name{i}" for i in range(MOST_NAMES + 1)), 1, f"has {MOST_NAMES + 1} names"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(
    tmp_path: Path, text: str | bytes, line: int, reason: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ThesaurusError) as error:
        Thesaurus.read(path)
    assert str(error.value).startswith(f"{path}, line {line}: ")
    assert reason in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ThesaurusError, match=r"none\.txt: the thesaurus can't be read"):
        Thesaurus.read(tmp_path / "none.txt")


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, "ISIS, Daesh\n")
    file = ThesaurusFile(path)
    first = file.current()
    assert file.current() is first
    written(tmp_path, "ISIS, Daesh, ISIL\n")
    assert file.current().aliases("ISIS") == ("Daesh", "ISIL")


def test_a_change_that_keeps_the_size_is_seen_by_its_time(tmp_path: Path) -> None:
    path = written(tmp_path, "Kyiv, Kiev\n")
    os.utime(path, ns=(0, 0))
    file = ThesaurusFile(path)
    assert file.current().aliases("Kyiv") == ("Kiev",)
    written(tmp_path, "Kyiv, Kief\n")
    os.utime(path, ns=(1, 1))
    assert file.current().aliases("Kyiv") == ("Kief",)


def test_a_file_edited_wrongly_leaves_the_last_good_one_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, "ISIS, Daesh\n")
    file = ThesaurusFile(path)
    good = file.current()
    written(tmp_path, "ISIS, Daesh\nKyiv\n")
    with caplog.at_level(logging.WARNING):
        assert file.current() is good
        assert file.current() is good
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert f"{path}, line 2" in caplog.text
    path.unlink()
    assert file.current() is good
    written(tmp_path, "Kyiv, Kiev\n")
    assert file.current().groups == (("Kyiv", "Kiev"),)


def test_a_file_wrong_from_the_start_is_an_error_until_it_is_mended(tmp_path: Path) -> None:
    path = written(tmp_path, "Kyiv\n")
    file = ThesaurusFile(path)
    for _ in range(2):
        with pytest.raises(ThesaurusError):
            file.current()
    written(tmp_path, "Kyiv, Kiev\n")
    assert file.current().groups == (("Kyiv", "Kiev"),)


# The thesaurus that comes with the package


@pytest.fixture(scope="module")
def shipped() -> Thesaurus:
    return Thesaurus.read(SHIPPED)


EVERYDAY = """
a able about account act acts after again against age ago aid aided aids air all almost alone along already also
although always am among an and another any are area arm arms around art as ask at away back bad bank base be bear
because become been before began being below best better between big bill black blue board body book border both bring
budget build business but buy by call came can cap caps car care cares case cases cash change chip chips citation cite
cites city clear close coin coins cold come command common could council country court cut data day deal debt deep did
do does done door down due each early east easy eat economy end energy enough even ever every example eye face fact
fall family far farce fast fed feel feet few find fire first fit flow follow food for force free friend from front full
gas gave get give given go gold good government great green ground group grow had half hand hard has have he head
health hear held help her here high him his hit hold home hot hour house how human hundred ice idea if in interpolation
into is issue it its job join just keep kind king knew know land language large last late law lead league learn least
leave led left less let level life light like line list little live local long look lost lot love low mad made main
major make man many march mark market may me mean meet member men mind money month more most move much must my name
nation near need net never new news next nice night no north not note now number of off office often oil old on once
one only open or order other our out over own pact page paper part party pay peace people place plan play point poor
port power price public put question quick quite race rain ran read ready real reason red rent rest right rise river
road rock role room rule run said salt same saw say school sea second security see seem seen sell sense sent serve set
several shall she ship short should show side since sit small snap so some son soon sort sound south space speak staff
stand star start starts state states still stop strong such sun sure swift table take talk tax tell ten term test than
that the their them then there these they thing think this those though three through time title to today together
told too took top toward trade tree trip trips true try turn two under union unit united until up upon us use vat very
view vote wait walk want war was watch water way we week well went were west what when where which while white who
whole why will wind wish with within without woman word work world would write year yes yet you young your
""".split()


def test_the_shipped_groups_are_many_and_usable(shipped: Thesaurus) -> None:
    assert len(shipped.groups) >= 60
    for group in shipped.groups:
        assert all(shipped.aliases(name) for name in group)


def test_no_everyday_word_is_widened(shipped: Thesaurus) -> None:
    assert {word: shipped.aliases(word) for word in EVERYDAY if shipped.aliases(word)} == {}
    assert {word for word in EVERYDAY if shipped.aliases(word.capitalize())} == set()


@pytest.mark.parametrize("acronym", ["EEA", "OSC", "OA", "IR", "FSB", "ICC", "AIDS", "IRA", "ADB", "AQI", "MEP"])
def test_an_acronym_of_something_else_or_of_two_things_is_not_widened(shipped: Thesaurus, acronym: str) -> None:
    assert shipped.aliases(acronym) == ()


def test_isis_and_isi_stay_apart(shipped: Thesaurus) -> None:
    assert "Daesh" in shipped.aliases("ISIS")
    assert shipped.aliases("ISI") == ("Inter-Services Intelligence",)
    assert not {"ISI", "Inter-Services Intelligence", "IS"} & set(shipped.aliases("ISIS"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Soviet Union", "Russia"),
        ("Great Britain", "UK"),
        ("China", "PRC"),
        ("COVID-19", "SARS-CoV-2"),
        ("HIV", "acquired immunodeficiency syndrome"),
        ("FCO", "FCDO"),
        ("NAFTA", "USMCA"),
        ("South Korea", "North Korea"),
    ],
)
def test_what_only_resembles_is_not_the_same(shipped: Thesaurus, one: str, other: str) -> None:
    assert other not in shipped.aliases(one)
    assert one not in shipped.aliases(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("US", "United States"),
        ("u.k.", "United Kingdom"),
        ("gross domestic product", "GDP"),
        ("hizballah", "Hezbollah"),
        ("qaddafi", "Gaddafi"),
        ("KIEV", "Kyiv"),
        ("cote d’ivoire", "Ivory Coast"),
        ("turkiye", "Turkey"),
        ("NGOs", "non-governmental organizations"),
        ("G-20", "Group of Twenty"),
        ("pentagon", "DoD"),
    ],
)
def test_names_that_people_search_for(shipped: Thesaurus, one: str, other: str) -> None:
    assert other in shipped.aliases(one)


def test_the_pronoun_is_not_the_country(shipped: Thesaurus) -> None:
    assert shipped.widen(parse("tell us who")).wide is None
    assert shipped.widen(parse("US")).wide == Widened(Word("US"), ("United States", "USA", "United States of America"))
