"""Fetching from servers that answer well, badly, and with malice."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from app.ingest.fetch.failure import FetchFailed, Why
from app.ingest.fetch.fetch import Fetcher, Hop, Known
from app.ingest.fetch.limits import Limits
from tests.ingest.fetch.web import Request, Server, answer, certificate, fetcher, moved, page, serving


def failing(fetcher: Fetcher, address: str, **how: float) -> FetchFailed:
    with pytest.raises(FetchFailed) as failed:
        fetcher.fetch(address, **how)  # type: ignore[arg-type]
    return failed.value


def test_a_page_comes_with_its_type_and_the_archive_says_who_asks(server: Server) -> None:
    server.answers["/a"] = page("Ports")
    fetched = fetcher().fetch(f"{server.address}/a#part")
    assert b"<title>Ports" in (fetched.body or b"")
    assert (fetched.address, fetched.media_type, fetched.charset) == (f"{server.address}/a", "text/html", "utf-8")
    assert server.asked[-1].headers["user-agent"] == "PolicyArchive (+http://archive.test/about)"
    assert "cookie" not in server.asked[-1].headers


def test_redirects_are_followed_and_remembered(server: Server) -> None:
    server.answers |= {"/a": moved("/b"), "/b": moved("c", "302 Found"), "/c": page()}
    fetched = fetcher().fetch(f"{server.address}/a")
    assert fetched.hops == (Hop(f"{server.address}/a", 301), Hop(f"{server.address}/b", 302))
    assert fetched.address == f"{server.address}/c"
    assert fetched.moved_to == f"{server.address}/b"
    assert fetcher().fetch(f"{server.address}/b").moved_to is None


def test_redirects_end(server: Server) -> None:
    server.answers |= {"/a": moved("/b"), "/b": moved("/a"), "/none": answer(status="302 Found")}
    assert "circle" in str(failing(fetcher(), f"{server.address}/a"))
    assert "without saying where" in str(failing(fetcher(), f"{server.address}/none"))
    server.answers |= {f"/{n}": moved(f"/{n + 1}") for n in range(20)}
    failed = failing(fetcher(redirects=5), f"{server.address}/0")
    assert (failed.why, str(failed)) == (Why.REDIRECTS, "it redirects more than 5 times")


@pytest.mark.parametrize(
    ("status", "why", "passing"),
    [
        ("404 Not Found", Why.STATUS, False),
        ("410 Gone", Why.GONE, False),
        ("403 Forbidden", Why.STATUS, False),
        ("500 Internal Server Error", Why.UNREACHABLE, True),
        ("204 No Content", Why.STATUS, False),
        ("304 Not Modified", Why.BROKEN, True),
        ("999 Odd", Why.UNREACHABLE, True),
    ],
)
def test_other_answers_are_failures(server: Server, status: str, why: Why, passing: bool) -> None:
    server.answers["/a"] = answer(status=status)
    failed = failing(fetcher(), f"{server.address}/a")
    assert (failed.why, failed.passing, failed.status) == (why, passing, int(status[:3]))


def test_what_has_not_changed_is_not_sent_again(server: Server) -> None:
    def conditional(request: Request, connection: socket.socket) -> None:
        held = request.headers.get("if-none-match") == '"1"'
        connection.sendall(answer(status="304 Not Modified") if held else answer("x", ETag='"1"', Last_Modified="then"))

    server.answers["/a"] = conditional
    asking = fetcher()
    first = asking.fetch(f"{server.address}/a")
    assert first.known == Known('"1"', "then")
    assert asking.fetch(f"{server.address}/a", first.known).body is None
    assert server.asked[-1].headers["if-modified-since"] == "then"


class TestBounds:
    def test_a_body_that_says_it_is_too_large_is_not_read(self, server: Server) -> None:
        server.answers["/a"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
        failed = failing(fetcher(most_bytes=1024 * 1024), f"{server.address}/a")
        assert (failed.why, str(failed)) == (Why.TOO_LARGE, "it is larger than the 1 MB that are fetched")

    def test_an_endless_body_is_cut_off(self, server: Server) -> None:
        def endless(request: Request, connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not server.over.is_set():
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

        server.answers["/a"] = endless
        assert failing(fetcher(most_bytes=300_000), f"{server.address}/a").why is Why.TOO_LARGE

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
    def test_a_bomb_is_cut_off(self, server: Server, encoding: str) -> None:
        packed = zlib.compress(bytes(50_000_000), 9) if encoding == "deflate" else gzip.compress(bytes(50_000_000), 9)
        packed = gzip.compress(packed) if "," in encoding else packed
        assert len(packed) < 300_000
        server.answers["/a"] = answer(packed, Content_Encoding=encoding)
        assert failing(fetcher(most_bytes=1_000_000), f"{server.address}/a").why is Why.TOO_LARGE

    @pytest.mark.parametrize("where", ["before", "headers", "body"])
    def test_a_server_that_dribbles_runs_out_of_time(self, server: Server, where: str) -> None:
        def dribble(request: Request, connection: socket.socket) -> None:
            if where == "headers":
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            elif where == "body":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not server.over.wait(0.02):
                if where != "before":
                    connection.sendall(b"x")

        server.answers["/a"] = dribble
        failed = failing(fetcher(seconds=0.3), f"{server.address}/a")
        assert failed.why is Why.TIMEOUT
        assert failed.passing

    def test_a_name_that_takes_for_ever_to_resolve_runs_out_of_time(self) -> None:
        over = threading.Event()

        def slow(host: str, port: int) -> list[str]:
            over.wait(30)
            return ["127.0.0.1"]

        asking = Fetcher(Limits(private=True, seconds=0.2), "x", resolve=slow)
        assert failing(asking, "http://news.example/").why is Why.TIMEOUT
        over.set()

    def test_headers_without_end(self, server: Server) -> None:
        def endless(request: Request, connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not server.over.is_set():
                connection.sendall(b"X: " + b"x" * 60_000 + b"\r\n")

        server.answers["/a"] = endless
        assert failing(fetcher(), f"{server.address}/a").why is Why.BROKEN


class TestBodies:
    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("gzip", gzip.compress(b"text" * 9999)),
            ("gzip", gzip.compress(b"text" * 9000) + gzip.compress(b"text" * 999)),
            ("gzip", gzip.compress(b"text" * 9999) + bytes(7)),
            ("deflate", zlib.compress(b"text" * 9999)),
            ("deflate", zlib.compress(b"text" * 9999)[2:-4]),
            ("GZIP, identity", gzip.compress(b"text" * 9999)),
        ],
    )
    def test_are_unpacked(self, server: Server, encoding: str, packed: bytes) -> None:
        server.answers["/a"] = answer(packed, Content_Encoding=encoding)
        assert fetcher().fetch(f"{server.address}/a").body == b"text" * 9999

    @pytest.mark.parametrize(
        "broken",
        [
            answer(gzip.compress(b"text" * 99)[:-9], Content_Encoding="gzip"),
            answer(b"plain", Content_Encoding="gzip"),
            answer(b"plain", Content_Encoding="br"),
            answer(b"\x00\x00\x00", Content_Encoding="deflate"),
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxyz",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"",
        ],
    )
    def test_that_are_broken_are_not_taken_for_whole(self, server: Server, broken: bytes) -> None:
        server.answers["/a"] = broken
        failed = failing(fetcher(), f"{server.address}/a")
        assert failed.why is Why.BROKEN
        assert failed.passing

    def test_nothing_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        failed = failing(fetcher(), f"http://127.0.0.1:{port}/")
        assert (failed.why, failed.passing) == (Why.UNREACHABLE, True)
        assert "can't be reached" in str(failed)


class TestRobots:
    def test_what_a_site_asks_programs_to_stay_away_from_is_not_fetched(self, server: Server) -> None:
        rules = "User-agent: *\nDisallow: /\n\nUser-agent: policyarchive\nDisallow: /private\nAllow: /private/open\n"
        server.answers |= {"/robots.txt": answer(rules), "/a": page(), "/private/x": page(), "/private/open": page()}
        asking = fetcher()
        asking.fetch(f"{server.address}/a")
        asking.fetch(f"{server.address}/private/open")
        failed = failing(asking, f"{server.address}/private/x")
        assert (failed.why, failed.passing) == (Why.ROBOTS, False)
        assert server.paths == ["/a", "/private/open"]
        assert [request.path for request in server.asked].count("/robots.txt") == 1

    def test_a_redirect_is_held_to_the_rules_too(self, server: Server) -> None:
        server.answers |= {"/robots.txt": answer("User-agent: *\nDisallow: /b"), "/a": moved("/b"), "/b": page()}
        assert failing(fetcher(), f"{server.address}/a").why is Why.ROBOTS
        assert server.paths == ["/a"]

    @pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "410 Gone"])
    def test_a_site_without_rules_forbids_nothing(self, server: Server, status: str) -> None:
        server.answers |= {"/robots.txt": answer(status=status), "/a": page()}
        assert fetcher().fetch(f"{server.address}/a").body

    @pytest.mark.parametrize(
        "broken",
        [answer(status="500 Internal Server Error"), answer(status="429 Too Many Requests"), b"", b"junk\r\n\r\n"],
    )
    def test_a_site_that_cannot_tell_its_rules_forbids_all_for_now(self, server: Server, broken: bytes) -> None:
        server.answers |= {"/robots.txt": broken, "/a": page()}
        failed = failing(fetcher(), f"{server.address}/a")
        assert failed.passing
        assert server.paths == []

    def test_rules_may_have_moved(self, server: Server) -> None:
        server.answers |= {"/robots.txt": moved("/r"), "/r": answer("User-agent: *\nDisallow: /a"), "/a": page()}
        assert failing(fetcher(), f"{server.address}/a").why is Why.ROBOTS

    def test_of_rules_without_end_the_first_half_megabyte_counts(self, server: Server) -> None:
        rules = b"User-agent: *\nDisallow: /a\n" + b"#" * 3_000_000 + b"\nDisallow: /b\n"
        server.answers |= {"/robots.txt": answer(rules), "/a": page(), "/b": page()}
        asking = fetcher()
        assert failing(asking, f"{server.address}/a").why is Why.ROBOTS
        assert asking.fetch(f"{server.address}/b").body


class TestTurns:
    def test_a_host_is_asked_one_thing_at_a_time(self, server: Server) -> None:
        at_work, most = 0, 0
        lock = threading.Lock()

        def slow(request: Request, connection: socket.socket) -> None:
            nonlocal at_work, most
            with lock:
                at_work += 1
                most = max(most, at_work)
            time.sleep(0.03)
            with lock:
                at_work -= 1
            connection.sendall(answer("x"))

        server.answers |= {f"/{n}": slow for n in range(6)}
        asking = fetcher()
        threads = [threading.Thread(target=asking.fetch, args=(f"{server.address}/{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(server.paths), most) == (6, 1)

    @pytest.mark.parametrize(("delay", "rules"), [(0.15, ""), (0.0, "User-agent: *\nCrawl-delay: 0.15")])
    def test_a_host_is_given_a_pause(self, server: Server, delay: float, rules: str) -> None:
        asked: list[float] = []

        def noting(request: Request, connection: socket.socket) -> None:
            asked.append(time.monotonic())
            connection.sendall(answer("x"))

        server.answers |= {"/robots.txt": answer(rules), "/a": noting}
        asking = fetcher(delay=delay)
        asking.fetch(f"{server.address}/a")
        asking.fetch(f"{server.address}/a")
        assert asked[1] - asked[0] >= 0.15

    def test_a_busy_host_is_waited_for_as_long_as_it_asks(self, server: Server) -> None:
        def once_busy(request: Request, connection: socket.socket) -> None:
            busy = len(server.paths) == 1
            connection.sendall(
                answer(status="503 Service Unavailable", Retry_After="0") if busy else answer("there at last")
            )

        server.answers["/a"] = once_busy
        assert fetcher().fetch(f"{server.address}/a").body == b"there at last"

    def test_a_host_that_is_busy_for_long_is_left_alone(self, server: Server) -> None:
        server.answers["/a"] = answer(status="429 Too Many Requests", Retry_After="3600")
        asking = fetcher()
        failed = failing(asking, f"{server.address}/a")
        assert failed.why is Why.BUSY and failed.passing
        assert failed.not_before is not None
        assert timedelta(minutes=59) < failed.not_before - datetime.now(UTC) <= timedelta(hours=1)
        assert "asked not to be asked again" in str(failing(asking, f"{server.address}/b"))
        assert server.paths == ["/a"]

    def test_retry_after_may_be_a_date(self, server: Server) -> None:
        until = datetime.now(UTC) + timedelta(hours=2)
        server.answers["/a"] = answer(status="503 Service Unavailable", Retry_After=format_datetime(until, usegmt=True))
        failed = failing(fetcher(), f"{server.address}/a")
        assert failed.not_before is not None and abs(failed.not_before - until) < timedelta(seconds=2)

    @pytest.mark.parametrize("value", ["soon", "-5", "Tue, 99 Foo 2016", "9" * 400])
    def test_a_wrong_retry_after_is_no_error(self, server: Server, value: str) -> None:
        server.answers["/a"] = answer(status="503 Service Unavailable", Retry_After=value)
        assert failing(fetcher(), f"{server.address}/a", patience=0).why is Why.BUSY

    def test_stopping_ends_the_wait(self, server: Server) -> None:
        server.answers["/a"] = page()
        stop = threading.Event()
        asking = Fetcher(Limits(private=True, delay=60), "x", stop=stop)
        asking.fetch(f"{server.address}/a")
        threading.Timer(0.05, stop.set).start()
        assert failing(asking, f"{server.address}/a").why is Why.STOPPED


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command, which makes the certificate, is not installed")
    return certificate(tmp_path_factory.mktemp("tls"), "news.example")


@pytest.mark.parametrize(("host", "works"), [("news.example", True), ("other.example", False)])
def test_tls_names_and_verifies_the_host_that_was_asked_for(pem: Path, host: str, works: bool) -> None:
    named: list[str | None] = []
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    of_server.load_cert_chain(pem)
    of_server.sni_callback = lambda _, name, __: named.append(name)
    with serving({"/a": page()}, of_server) as server:
        trusting = ssl.create_default_context(cafile=pem)
        asking = Fetcher(Limits(private=True, delay=0), "x", resolve=lambda host, port: ["127.0.0.1"], tls=trusting)
        address = f"https://{host}:{server.port}/a"
        if works:
            assert asking.fetch(address).body
        else:
            failed = failing(asking, address)
            assert "no safe connection to other.example" in str(failed)
    assert set(named) == {host}


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(pem: Path) -> None:
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    of_server.load_cert_chain(pem)
    with serving({"/a": page()}, of_server) as server:
        asking = Fetcher(Limits(private=True, delay=0), "x", resolve=lambda host, port: ["127.0.0.1"])
        assert "no safe connection" in str(failing(asking, f"https://news.example:{server.port}/a"))
