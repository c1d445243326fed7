"""The `policy-archive` command and its subcommands."""

from __future__ import annotations

import typer

from app.cli import (
    correct,
    demo,
    export,
    feeds,
    ingest,
    manifest,
    migrate,
    redirects,
    reindex,
    rejections,
    search,
    serve,
    stats,
    verify,
    watch,
)
from app.cli.terminal import utf8_output

app = typer.Typer(
    name="policy-archive",
    help="A searchable archive of policy articles with permalinks that keep answering.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("demo")(demo.demo)
app.command("migrate")(migrate.migrate)
app.command("ingest")(ingest.ingest)
app.command("watch")(watch.watch)
app.command("serve")(serve.serve)
# A query may begin with a minus: what is no option is part of it.
app.command("search", context_settings={"ignore_unknown_options": True})(search.search)
app.command("reindex")(reindex.reindex)
app.command("edit")(correct.edit)
app.command("withdraw")(correct.withdraw)
app.command("merge")(correct.merge)
app.command("verify")(verify.verify)
app.command("export")(export.export)
app.command("manifest")(manifest.manifest)
app.command("stats")(stats.stats)
app.add_typer(feeds.app, name="feeds")
app.add_typer(rejections.app, name="rejections")
app.add_typer(redirects.app, name="redirects")


def main() -> None:
    utf8_output()
    app()


if __name__ == "__main__":
    main()
