"""Where a URL leads, in one spelling, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiconn_nb.model.origin import is_on_this_machine, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api.example.com/v1", "https://api.example.com"),
        ("HTTPS://API.Example.COM:443", "https://api.example.com"),
        ("https://api.example.com./v1", "https://api.example.com"),
        ("https://api.example.com:8443/v1", "https://api.example.com:8443"),
        ("http://api.example.com/v1", "http://api.example.com"),
        ("http://api.example.com:80", "http://api.example.com"),
        ("http://localhost:8000/v1", "http://localhost:8000"),
        ("http://[0:0:0:0:0:0:0:1]:11434", "http://[::1]:11434"),
        ("https://api.example.com@evil.example/", "https://evil.example"),
        ("https://api.example.com:443@evil.example", "https://evil.example"),
        ("https://evil.example#@api.example.com", "https://evil.example"),
        ("https://evil.example?@api.example.com", "https://evil.example"),
        ("https://\u0430pi.example", "https://xn--pi-6kc.example"),
        ("https://stra\u00dfe.example", "https://xn--strae-oqa.example"),
        (" https://api.example.com \n", "https://api.example.com"),
    ],
)
def test_spellings_of_one_origin_are_one(url: str, origin: str) -> None:
    """Scheme, host and port decide. A lookalike of another host is shown as it is."""
    assert str(origin_of(url)) == origin


@pytest.mark.parametrize(
    "url",
    [
        "http\u017f://api.example.com",  # a long s
        "https://a\u212a@api.example.com",  # a sign for kelvin
        "https://evil.example\\@api.example.com",
        "https://a@evil.example@api.example.com",
        "https://api.example.com\t.evil.example",
        "https://api.example.com\n.evil.example",
        "https://api.example.com%2eevil.example",
        "https://",
        "https://.example",
        "https://a..example",
        "https://-a.example",
        "https://[::1",
        "https://[::1%25eth0]",
        "https://h:0",
        "https://h:65536",
        "https://h:\u0661",
        "ftp://api.example.com",
        "api.example.com",
        "",
    ],
)
def test_what_programs_read_differently_has_no_origin(url: str) -> None:
    """Another program could use a different host."""
    assert origin_of(url) is None


@given(st.text(alphabet="htps:/@\\.#?[]%0179aéß\t\u3002 -_", max_size=40))
def test_any_text_has_an_origin_or_none(text: str) -> None:
    """The text of an origin has the same origin."""
    for url in (text, f"https://{text}"):
        origin = origin_of(url)
        if origin is not None:
            assert str(origin_of(str(origin))) == str(origin)
            assert str(origin).isascii()


def test_who_is_plain_and_who_is_this_machine() -> None:
    """Plain means the default port of an encrypted connection. The loopback interface is recognized in all its spellings."""

    def said(url: str) -> tuple[bool, bool]:
        origin = origin_of(url)
        assert origin is not None
        return origin.is_plain, origin.is_loopback

    assert said("https://a.example") == (True, False)
    assert said("http://a.example") == (False, False)
    assert said("https://a.example:8443") == (False, False)
    assert said("http://localhost:1") == said("http://127.1.2.3") == said("http://[::1]") == (False, True)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("[::1]", True),
        ("0.0.0.0", True),
        ("[::]", True),
        ("10.0.0.1", False),
        ("gpu-server", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_a_server_on_this_machine_is_known_by_its_host(host: str, is_here: bool) -> None:
    """Servers print 0.0.0.0 as their address, and users copy it."""
    assert is_on_this_machine(f"http://{host}:8000/v1") is is_here
