"""`policy-archive feeds`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from app.cli.ingest import bring_index_up_to_date
from app.cli.terminal import FAILED, WRONG_USE, archive, fail, out, outcomes, say, settings
from app.ingest.fetch.failure import FetchFailed
from app.ingest.fetch.target import read_target, without_secrets
from app.store import feeds as kept
from app.store import leases
from app.store.feeds import AlreadyThere, Feed

app = typer.Typer(help="Feeds (RSS, Atom, JSON Feed) that are subscribed to.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="A feed's number in the list, or its address.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add(
    address: Annotated[str, typer.Argument(help="Of the feed, or of a page that names one.")],
    source: Annotated[str | None, typer.Option(help="Who publishes it; its own title, if not given.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic for every entry; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """Subscribe to a feed. Its entries come with the next poll."""
    from app.cli.fetching import fetcher_of
    from app.ingest.feeds.parse import NoFeed
    from app.ingest.feeds.subscribe import find_feed

    try:
        read_target(address)
    except FetchFailed as failed:
        fail(f"{without_secrets(address)}: {failed}.", WRONG_USE)
    try:
        found = find_feed(address, fetcher_of(settings()))
    except (FetchFailed, NoFeed) as failed:
        fail(f"{address}: {failed}.")
    with archive(make=True) as (_, database):
        try:
            with database.writing() as connection:
                feed = kept.add(connection, found.address, found.title, source, topic or ())
        except AlreadyThere as error:
            fail(f"{error}.")
    if as_json:
        out.print(json.dumps(_fields(feed), ensure_ascii=False), markup=False)
        return
    out.print(
        f"Feed {feed.id}: {feed.title or 'without a title'}, {feed.address} ({found.entries:,} entries now). "
        "`policy-archive feeds poll` brings them in.",
        markup=False,
    )


@app.command("list")
def list_feeds(as_json: Json = False) -> None:
    """List the feeds, when they were asked last and will be next, and what is wrong with them."""
    with archive() as (_, database), database.reading() as connection:
        found = kept.every(connection)
    if as_json:
        out.print(json.dumps([_fields(feed) for feed in found], ensure_ascii=False), markup=False)
        return
    for feed in found:
        out.print(f"{feed.id}  {feed.title or 'without a title'}  {feed.address}\n    {_state(feed)}", markup=False)
    out.print(f"{len(found):,} feeds.")


@app.command("remove")
def remove(named: Named) -> None:
    """End a subscription. The articles that it brought stay."""
    with archive() as (_, database), database.writing() as connection:
        feed = _find(connection, named)
        kept.remove(connection, feed.id)
    out.print(f"Feed {feed.id} ({feed.address}) is not subscribed to any more.", markup=False)


@app.command("poll")
def poll(
    named: Annotated[list[str] | None, typer.Argument(metavar="ID|ADDRESS ...", help="Only these, due or not.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, due or not.")] = False,
    as_json: Json = False,
) -> None:
    """Ask the feeds whose time has come for what is new, store it and index it."""
    from app.cli.fetching import fetcher_of
    from app.ingest.feeds.poll import Polled
    from app.ingest.feeds.poll import poll as poll_them

    with archive() as (found, database):
        with database.reading() as connection:
            if named:
                wanted = [_find(connection, one) for one in named]
            else:
                wanted = kept.every(connection) if every else kept.due(connection, datetime.now(UTC))
        polled: list[Polled] = []

        def tell(one: Polled) -> None:
            polled.append(one)
            if not as_json:
                out.print(f"{one.feed.id}  {one.feed.title or one.feed.address}: {_became(one)}", markup=False)

        try:
            poll_them(database, fetcher_of(found), wanted, tell)
        except leases.Held as error:
            fail(f"feeds are being polled already: {error}. Wait until that is done.")
        bring_index_up_to_date(found, database)
    failed = sum(one.problem is not None for one in polled)
    if as_json:
        out.print(json.dumps([_polled_fields(one) for one in polled], ensure_ascii=False), markup=False)
    else:
        out.print(f"{len(polled):,} feeds polled, {failed:,} failed.")
        if not wanted:
            say("No feed is due; --all asks all of them.")
    if named and failed:
        raise typer.Exit(FAILED)


def _find(connection: Connection, named: str) -> Feed:
    feed = kept.find(connection, int(named)) if named.isascii() and named.isdigit() else kept.at(connection, named)
    if feed is None:
        fail(f"there is no feed {named}. `policy-archive feeds list` shows those there are.")
    return feed


def _became(one: Any) -> str:
    moved = f" It has moved to {one.moved_to}." if one.moved_to else ""
    if one.problem is not None:
        return f"{one.problem}.{' It is not asked any more.' if one.gone else ''}"
    if one.counts is None:
        return f"nothing new.{moved}"
    return f"{outcomes(one.counts)}.{moved}"


def _state(feed: Feed) -> str:
    if feed.gone_at is not None:
        return f"ended {feed.gone_at:%Y-%m-%d}: {feed.problem}."
    last = f"asked {feed.polled_at:%Y-%m-%d %H:%M} UTC" if feed.polled_at else "not asked yet"
    next_one = f"next {feed.next_poll_at:%Y-%m-%d %H:%M} UTC"
    problem = f"; failed {feed.failures:,} times in a row: {feed.problem}" if feed.failures else ""
    return f"{last}, {next_one}{problem}."


def _fields(feed: Feed) -> dict[str, Any]:
    def text(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat(timespec="seconds")

    return {
        "id": feed.id,
        "address": feed.address,
        "added_as": feed.added_as,
        "title": feed.title,
        "source": feed.source,
        "topics": list(feed.topics),
        "polled": text(feed.polled_at),
        "changed": text(feed.changed_at),
        "next": None if feed.gone_at else text(feed.next_poll_at),
        "failures": feed.failures,
        "problem": feed.problem,
        "gone": text(feed.gone_at),
    }


def _polled_fields(one: Any) -> dict[str, Any]:
    return {
        "feed": one.feed.id,
        "address": one.feed.address,
        **(asdict(one.counts) if one.counts is not None else {"read": 0}),
        "problem": one.problem,
        "gone": one.gone,
        "moved_to": one.moved_to,
    }
