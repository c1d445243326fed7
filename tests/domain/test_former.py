from __future__ import annotations

import pytest

from app.domain.former import Line, NotAPath, former_path, permalink_in, resolved

ID = "0123456789ab"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/2016/old.html", "/2016/old.html"),
        ("https://old.example/2016/old.html#p3", "/2016/old.html"),
        ("http://old.example/node/7/?x=1&y=2", "/node/7?x=1&y=2"),
        ("/caf%C3%A9/", "/café"),
        ("?p=12", None),
        ("https://old.example/", None),
        ("old.html", None),
        ("mailto:a@example.org", None),
        ("https://[", None),
    ],
)
def test_a_former_address_is_a_path_on_this_site(address: str, path: str | None) -> None:
    if path is None:
        with pytest.raises(NotAPath):
            former_path(address)
    else:
        assert former_path(address) == path


@pytest.mark.parametrize("text", [ID, f"/a/{ID}", f"https://x.example/a/{ID.upper()}/slug#p2", f"/a/{ID}?q=x"])
def test_an_article_is_named_by_its_id_or_permalink(text: str) -> None:
    assert permalink_in(text) == ID


def _resolve(*pairs: tuple[str, str], **known: str) -> tuple[dict[str, str], list[str]]:
    lines = [Line(number, old, new) for number, (old, new) in enumerate(pairs, start=1)]
    return resolved(lines, {f"/{name}": id for name, id in known.items()}, lambda text: text if text == ID else None)


def test_chains_lead_to_their_end() -> None:
    assert _resolve(("/a1", "/b1"), ("/b1", ID), ("/c1", "/known"), known=ID) == (
        {"/a1": ID, "/b1": ID, "/c1": ID},
        [],
    )


def test_circles_and_unknown_targets_are_named_with_their_lines() -> None:
    found, wrong = _resolve(("/a1", "/b1"), ("/b1", "/a1"), ("/c1", "/nowhere"), ("bad", ID), ("/d", ID), ("/d", "/x"))
    assert found == {"/d": ID}
    assert [sentence.split(":")[0] for sentence in wrong] == ["Line 4", "Line 6", "Line 1", "Line 2", "Line 3"]
    assert sum("in a circle" in sentence for sentence in wrong) == 2


def test_an_address_never_changes_where_it_leads() -> None:
    found, wrong = _resolve(("/known", ID), known="another")
    assert not found
    assert "already" in wrong[0]
