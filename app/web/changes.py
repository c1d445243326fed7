"""What changed between two versions, as its page takes it: long stretches that stayed the same left out, and no more
shown than a page can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.article import Article
from app.domain.diff import Change, Difference, Mark, Run, Step, difference
from app.language import _, noted, percent_text
from app.web.present import DateView, date_text, published_text

AROUND: Final = 1
"""Unchanged paragraphs that are shown beside a changed one."""
LONGEST_SHOWN: Final = 200_000
"""Characters of changed paragraphs that a page shows."""
MOST_RUNS: Final = 4_000
"""Stretches of changed words that a page shows."""


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field of the metadata; None for what was or is not known."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph; or, with `left_out`, so many unchanged ones that are not shown. label: what became of it."""

    change: str
    label: str = ""
    old: int | None = None
    new: int | None = None
    runs: tuple[Run, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class ChangesView:
    """share: `12 %` of the words, as it reads. unshown: changed paragraphs that there was no room for."""

    title: str
    before: Article
    after: Article
    before_stored: DateView
    after_stored: DateView
    now: str
    fields: tuple[ChangedField, ...]
    rows: tuple[Row, ...]
    share: str
    deleted: int
    inserted: int
    same_text: bool
    unshown: int
    deleted_mark: Mark = Mark.DELETED
    inserted_mark: Mark = Mark.INSERTED


def changes_view(before: Article, after: Article) -> ChangesView:
    found = difference(before.paragraphs, after.paragraphs)
    shown, unshown = _within_bounds(found.steps)
    return ChangesView(
        title=after.title.value,
        before=before,
        after=after,
        before_stored=_stored(before),
        after_stored=_stored(after),
        now=f"/a/{after.id}" if after.leads_elsewhere else after.path,
        fields=tuple(changed_fields(before, after)),
        rows=tuple(_rows(shown)),
        share=share(found),
        deleted=found.deleted,
        inserted=found.inserted,
        same_text=before.fixity == after.fixity,
        unshown=unshown,
    )


def share(found: Difference) -> str:
    """`less than 1 %`, `37 %`; never 0 % or 100 % of what is not quite that."""
    percent = 100 * found.changed
    if 0 < percent < 1:
        return _("less than %(percent)s", percent=percent_text(1))
    if 99 < percent < 100:
        return _("more than %(percent)s", percent=percent_text(99))
    return percent_text(round(percent))


def changed_fields(before: Article, after: Article) -> Iterator[ChangedField]:
    told, now = _fields(before), _fields(after)
    for field, value in told.items():
        if value != now[field]:
            yield ChangedField(field, value, now[field])


def _fields(article: Article) -> dict[str, str | None]:
    return {
        _("Title"): article.title.value,
        _("Authors"): "; ".join(author.value for author in article.authors) or None,
        _("Date"): published_text(article.published.value) if article.published else None,
        _("Source"): article.source.value if article.source else None,
        _("Topics"): "; ".join(sorted(topic.value for topic in article.topics)) or None,
        _("Summary"): article.summary.value if article.summary else None,
        _("Language"): article.language.value if article.language else None,
        _("Address"): article.url,
    }


def _within_bounds(steps: Sequence[Step]) -> tuple[list[Step], int]:
    """The steps that a page can show, and how many changes are not among them."""
    length = runs = 0
    for position, step in enumerate(steps):
        if step.change is Change.SAME:
            continue
        length += sum(len(run.text) for run in step.runs)
        runs += len(step.runs)
        if length > LONGEST_SHOWN or runs > MOST_RUNS:
            return list(steps[:position]), sum(1 for one in steps[position:] if one.change is not Change.SAME)
    return list(steps), 0


def _rows(steps: Sequence[Step]) -> Iterator[Row]:
    near: set[int] = set()
    for position, step in enumerate(steps):
        if step.change is not Change.SAME:
            near.update(range(position - AROUND, position + AROUND + 1))
    left_out = 0
    for position, step in enumerate(steps):
        if position not in near:
            left_out += 1
            continue
        if left_out:
            yield Row("same", left_out=left_out)
            left_out = 0
        yield Row(step.change.value, _(_LABELS[step.change]), step.old, step.new, step.runs)
    if left_out:
        yield Row("same", left_out=left_out)


_LABELS: Final = {
    Change.SAME: noted("unchanged"),
    Change.CHANGED: noted("changed"),
    Change.ADDED: noted("added"),
    Change.REMOVED: noted("removed"),
}


def _stored(article: Article) -> DateView:
    return DateView(date_text(article.stored_at), article.stored_at.date().isoformat())
