"""What the browser tests read: ordinary notices of a harbour board, and articles that are hard to show."""

from __future__ import annotations

from typing import Any

SENTENCE = "The harbour board met again and heard how long the dredging of the channel would take this year."
LONG_TITLE = "What the board was told of the harbour, " * 78 + "and what it did."


def _ice(last: str) -> str:
    kinds = f"old thick grey hard broken slow cold deep wide {last}".split()
    return " ".join(f"The {kind} ice held the ships of the north." for kind in kinds)


AWKWARD: tuple[dict[str, Any], ...] = (
    {"id": "long-title", "title": LONG_TITLE, "text": f"{SENTENCE}\n\nNobody reads it.", "published": "2015"},
    {"id": "no-title", "text": f"{SENTENCE}\n\nNobody put a headline over this report about the harbour."},
    {"id": "one-paragraph", "title": "One paragraph", "text": SENTENCE, "published": "2016-07-21T08:00+02:00"},
    {
        "id": "very-long",
        "title": "Everything about the harbour",
        "markdown": "\n\n".join(
            f"## Part {part}\n\n" + "\n\n".join([f"{part}.{n} " + " ".join([SENTENCE] * 9) for n in range(12)])
            for part in range(1, 41)
        ),
        "published": "2014-05",
        "source": "Harbour Gazette",
    },
    {
        "id": "arabic",
        "title": "الميناء قبل الشتاء",
        "text": "اجتمع المجلس يوم الاثنين.\n\nيستغرق تعميق القناة ثمانية أسابيع.",
        "language": "ar",
        "published": "2018-02-03",
        "source": "صحيفة الميناء",
    },
    {
        "id": "parts",
        "title": "Tables, lists and quotations",
        "markdown": "# First\n\nAn **important** word and [a link](https://example.org/elsewhere).\n\n"
        "## Second\n\n- one\n- two\n  - deeper\n\n1. first\n2. second\n\n> A quotation of nobody.\n\n"
        "### Third\n\n| Port | Ships | Tons of what the ships brought |\n| --- | --- | --- |\n| North | 12 | 400 |\n"
        "| South | 7 | 90 |\n\n```\ncode   kept as it is, in one very long line that doesn't break, and scrolls\n```",
        "published": "2019-11-02",
        "topics": ["ports/harbours", "trade"],
        "author": ["Ann Ferreira", "Bo Lindqvist"],
    },
    {"id": "revised", "title": "Tolls of the harbour", "text": "Tolls rise.\n\nShips wait.", "published": "2017-01-05"},
    {"id": "withdrawn", "title": "A mistake", "text": "This should not have been put into the archive."},
    {"id": "near-1", "title": "Ice", "text": _ice("last")},
    {"id": "near-2", "title": "Ice, again", "text": _ice("next")},

)  # fmt: skip

NOTICES: tuple[dict[str, Any], ...] = tuple(
    {
        "id": f"n{n}",
        "title": f"Notice {n} of the harbour board",
        "text": f"{SENTENCE}\n\nNotice {n} is about tolls.",
        "source": "Board",
        "published": f"20{18 + n % 5}-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        "topics": [f"topic {n % 7}"],
        "author": f"Clerk {n % 9}",
    }
    for n in range(1, 121)
)


def as_markdown(record: dict[str, Any]) -> str:
    """A record whose text is Markdown, as a file with front matter."""
    fields = {name: value for name, value in record.items() if name != "markdown"}
    return "---\n" + "".join(f"{name}: {value!r}\n" for name, value in fields.items()) + f"---\n\n{record['markdown']}"
