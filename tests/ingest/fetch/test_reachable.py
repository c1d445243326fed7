"""Nothing behind the machine that fetches can be reached, however its address is written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.fetch.failure import FetchFailed, Why
from app.ingest.fetch.fetch import Fetcher
from app.ingest.fetch.limits import Limits
from app.ingest.fetch.reachable import refusal
from app.ingest.fetch.target import read_target
from tests.ingest.fetch.web import Server, fetcher, moved, page

OPEN = Limits()
INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "localhost",
    "LOCALHOST.",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "2130706433",
    "127.1",
    "0177.0.0.1",
    "１２７.0.0.1",
    "127。0。0。1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::1]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[fe80::1%25lo]",
]


@pytest.mark.parametrize("host", INSIDE)
def test_hosts_inside_are_refused(host: str) -> None:
    with pytest.raises(FetchFailed) as failed:
        fetcher(private=False).fetch(f"http://{host}/a")
    assert failed.value.why in (Why.REFUSED, Why.ADDRESS)
    assert not failed.value.passing


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_the_open_web_is_open(ip: str) -> None:
    assert refusal(ipaddress.ip_address(ip), OPEN) is None


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_in_every_wrapping(ip: ipaddress.IPv4Address) -> None:
    six = int(ip)
    wrapped = (
        ipaddress.IPv6Address((0xFFFF << 32) | six),
        ipaddress.IPv6Address((0x64FF9B << 96) | six),
        ipaddress.IPv6Address((0x2002 << 112) | (six << 80)),
    )
    assert {refusal(one, OPEN) for one in wrapped} == {refusal(ip, OPEN)}
    if not ip.is_global or ip.is_multicast:
        assert refusal(ip, OPEN) is not None


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_that_python_calls_private_is_refused(ip: ipaddress.IPv6Address) -> None:
    if not ip.is_global or ip.is_multicast:
        assert refusal(ip, OPEN) is not None


def test_cloud_metadata_is_refused_where_private_networks_are_open() -> None:
    private = Limits(private=True)
    assert refusal(ipaddress.ip_address("127.0.0.1"), private) is None
    for ip in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "224.0.0.1", "0.0.0.0"):
        assert refusal(ipaddress.ip_address(ip), private) is not None


def test_one_private_address_among_a_names_addresses_condemns_it() -> None:
    asked = Fetcher(Limits(), "x", resolve=lambda host, port: ["8.8.8.8", "10.0.0.7"])
    with pytest.raises(FetchFailed, match=r"news.example \(10.0.0.7\) is not on the open web \(private\)"):
        asked.fetch("https://news.example/a")


def test_what_is_connected_to_is_what_was_judged(server: Server) -> None:
    """A name that resolves to something else the second time is judged again, and nothing resolves a third time."""
    server.answers["/a"] = page()
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    changing = Fetcher(Limits(private=True, delay=0), "x", resolve=resolve)
    with pytest.raises(FetchFailed, match="metadata"):
        changing.fetch(f"http://news.example:{server.port}/a")
    assert asked == ["news.example"] * 2
    assert [request.headers["host"] for request in server.asked] == [f"news.example:{server.port}"]


def test_a_redirect_is_judged_like_an_address(server: Server) -> None:
    for location in (
        "http://169.254.169.254/latest/",
        "//[::ffff:169.254.169.254]/",
        "file:///etc/passwd",
        "gopher://x/",
    ):
        server.answers["/a"] = moved(location)
        with pytest.raises(FetchFailed) as failed:
            fetcher().fetch(f"{server.address}/a")
        assert failed.value.why in (Why.REFUSED, Why.ADDRESS)
        assert "it redirects to" in str(failed.value) or "metadata" in str(failed.value)


def test_ports_are_limited() -> None:
    with pytest.raises(FetchFailed, match=r"port 22 is none that is fetched from; they are 80, 443, 8080, 8443"):
        fetcher(private=False).fetch("http://8.8.8.8:22/")


def test_a_proxy_of_the_environment_is_not_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, server.address)
    with pytest.raises(FetchFailed, match="not on the open web"):
        fetcher(private=False).fetch("http://10.1.2.3/")
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://example.org/a", "not http or https"),
        ("file:///etc/passwd", "not http or https"),
        ("http://user:secret@example.org/", "user name or password"),
        ("http://@example.org/", "user name or password"),
        ("http:///a", "no host name"),
        ("http://exa mple.org/", "can exist|examp"),
        ("http://a..b/", "can exist"),
        ("http://[::1/", "not an address"),
        ("http://example.org:99999/", "not an address"),
        ("http://example.org:0/", "port 0"),
        ("http://example.org/" + "a" * 9000, "longer than"),
    ],
)
def test_what_is_no_address_to_fetch_says_why(address: str, reason: str) -> None:
    with pytest.raises(FetchFailed, match=reason):
        fetcher(private=False).fetch(address)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://bücher.example/straße?q=ü b#top", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC%20b"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://example.org:443/a%2fb", "https://example.org/a%2fb"),
        ("https://example.org:8443/100%", "https://example.org:8443/100%25"),
        ("https://example.org/a\nb", "https://example.org/ab"),
        ("http://[2606:4700:0::1]/", "http://[2606:4700::1]/"),
    ],
)
def test_addresses_are_asked_for_in_ascii(address: str, asked: str) -> None:
    assert read_target(address).address == asked
