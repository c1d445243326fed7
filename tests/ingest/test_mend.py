import pytest

from app.domain.canonical import Emphasis, Kind, Span, plain_paragraphs
from app.ingest.decode import decode_any
from app.ingest.inline_markdown import without_marks
from app.ingest.mend import mend

SAID = "Zoë’s “café” – naïve, they said, and São Paulo’s côté too. "
RUSSIAN = "Министры обсудили, как открыть порт до зимы, и кто за это заплатит. "
POLISH = "Ministrowie rozważali, jak ponownie otworzyć port przed zimą i kto za to zapłaci. "
GREEK = "Οι υπουργοί συζήτησαν πώς θα ανοίξει ξανά το λιμάνι πριν από τον χειμώνα. "


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (SAID, "utf-8", None),
        (SAID, "utf-8", "iso-8859-1"),
        (SAID, "cp1252", None),
        (SAID, "cp1252", "utf-8"),
        (SAID, "cp1252", "us-ascii"),
        (SAID, "utf-16", None),
        (SAID, "utf-16-be", "utf-8"),
        (SAID, "utf-32", None),
        (SAID, "mac-roman", "macintosh"),
        (RUSSIAN, "cp1251", None),
        (RUSSIAN, "koi8-r", None),
        (RUSSIAN, "cp1251", "iso-8859-1"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (POLISH, "iso-8859-2", "iso-8859-2"),
        (POLISH, "cp1250", None),
        (GREEK, "cp1253", None),
        ("大臣たちは冬までに港を再開する方法を議論した。", "shift_jis", None),
        ("大臣たちは冬までに港を再開する方法を議論した。", "euc-jp", "no-such-encoding"),
        ("部长们讨论了如何在冬季之前重新开放港口。", "gb18030", "gb2312"),
    ],
)
def test_text_is_read_in_the_encoding_it_is_in(text: str, encoding: str, declared: str | None) -> None:
    assert decode_any((text * 4).encode(encoding), declared) == text * 4


def test_strays_and_cut_ends_do_not_spoil_the_rest() -> None:
    assert decode_any((SAID * 4).encode() + b"caf\xe9 one") == SAID * 4 + "café one"
    assert decode_any("Sagt Zoë".encode()[:-1]) == "Sagt Zo"
    assert decode_any("Café".encode("latin-1")) == decode_any("Café".encode("latin-1"), "ISO-8859-1") == "Café"
    assert decode_any("Zoë saß im Café…".encode()[:-2]) == "Zoë saß im Café"


def test_garbled_letters_are_whole_again() -> None:
    for garbled in (SAID.encode().decode("cp1252", "replace"), SAID.encode().decode("latin-1")):
        assert mend(garbled).startswith("Zoë’s “café")
    assert mend("It cost Â£5 and itâ€™s a lot") == "It cost £5 and it’s a lot"


@pytest.mark.parametrize("text", [SAID, RUSSIAN, GREEK, "VOILÀ – Ânes, Ã, 5 €", "naïve Â", "x²·y", "ÇA VA?"])
def test_what_nobody_garbled_stays(text: str) -> None:
    assert mend(text) == text


def test_control_characters_and_line_ends() -> None:
    assert mend("a\rb\r\nc\x0cd\x08e\ufefff\x93g\x94") == "a\nb\nc\nde" + "f“g”"


def inline(text: str) -> list[tuple[str, Kind]]:
    return [(one.text, one.kind) for one in without_marks(plain_paragraphs(text))]


def test_what_is_surely_markdown_loses_its_marks() -> None:
    (only,) = without_marks(
        plain_paragraphs('A **bold** step, *they* said, [here](/a "x"), `so`.'), "https://e.example/b"
    )
    assert only.text == "A bold step, they said, here, so."
    assert only.spans == (
        Span(2, 6, Emphasis.STRONG),
        Span(13, 17, Emphasis.EMPHASIS),
        Span(24, 28, Emphasis.LINK, "https://e.example/a"),
        Span(30, 32, Emphasis.CODE),
    )
    assert inline("## Aims\n\n- *one* \\# two\n\n| a | b |\n|---|---|\n| **1** | 2 |") == [
        ("## Aims", Kind.HEADING),
        ("- one # two", Kind.ITEM),
        ("a | b", Kind.ROW),
        ("1 | 2", Kind.ROW),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4 = 24 and a_b_c stay",
        "* note: 5 ** 2 is 25, and 2 ** 5 is 32",
        "[sic] (he said) and [1](2)",
        "snake_case_name and __init__.py",
        "# of ships: 5",
        "He wrote *this* in the margin",
    ],
)
def test_what_only_could_be_markdown_stays_as_it_is(text: str) -> None:
    assert inline(text) == [(one.text, one.kind) for one in plain_paragraphs(text)]
