from app.domain.duplicates import duplicate_key
from tests.conftest import LONG_ENOUGH


def test_short_and_monotonous_texts_say_nothing() -> None:
    assert duplicate_key("Title", "x") is None
    assert duplicate_key("Title", "Blah blah blah. " * 50) is None


def test_a_short_text_is_the_same_article_only_under_the_same_title() -> None:
    assert duplicate_key("A", LONG_ENOUGH) == duplicate_key(" a ", LONG_ENOUGH)
    assert duplicate_key("A", LONG_ENOUGH) != duplicate_key("B", LONG_ENOUGH)


def test_a_long_text_is_the_same_article_under_any_title() -> None:
    text = " ".join(f"word{n}" for n in range(200))
    assert duplicate_key("A", text) == duplicate_key("B", text)
    assert duplicate_key("A", text) != duplicate_key("A", text + " more")
