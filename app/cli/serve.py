"""`policy-archive serve`."""

from __future__ import annotations

import errno
import os
import socket
from typing import Annotated, Final

import typer

from app.cli.terminal import WRONG_USE, archive, err, fail
from app.search.thesaurus import ThesaurusFile

LONGEST_REQUEST: Final = 4 * 1024 * 1024
"""Bytes of an address that are read: a query of megabytes gets the site's own answer, not the server's."""

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer requests.")] = 1,
    poll: Annotated[bool, typer.Option("--poll", help="Also poll the feeds that are subscribed to.")] = False,
) -> None:
    """Serve the web site."""
    check_port(host, port)
    with archive(make=True) as (settings, _):
        # What is wrong with database, settings or thesaurus is said before the server starts.
        ThesaurusFile(settings.thesaurus).current()
    if poll:
        os.environ["ARCHIVE_POLL"] = "true"  # the processes that serve read it with their settings
    run_server(host, port, workers)


def run_server(host: str, port: int, workers: int = 1) -> None:
    import uvicorn

    shown = f"[{host}]" if ":" in host else host
    err.print(f"Serving on http://{shown}:{port}/ (stop with Ctrl+C)", markup=False)
    if "ARCHIVE_BASE_URL" not in os.environ and (host, port) != ("127.0.0.1", 8000) and host not in ("0.0.0.0", "::"):  # noqa: S104
        os.environ["ARCHIVE_BASE_URL"] = f"http://{shown}:{port}"
    uvicorn.run(
        "app.web.app:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=LONGEST_REQUEST,
    )


def check_port(host: str, port: int) -> None:
    """Stop with a sentence if the port can't be listened on."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        fail(f"--host {host}: there is no such address ({error.strerror}).", WRONG_USE)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail(f"port {port} on {host} is in use by another program. Stop it, or choose another port with --port.")
        fail(f"can't listen on {host}, port {port}: {error.strerror}. Choose another with --host or --port.")
