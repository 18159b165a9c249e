"""The origin of a URL in one canonical form: the scheme, the host and the port that determine who gets a key.

Programs disagree about unusual URLs: for ``https://evil.example\\@api.openai.com`` some use the one host and some
the other. An unusual URL has no origin here, so the user is never asked about another host than the one that is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .pattern import late

_PORTS: Final = {"https": 443, "http": 80}
# Letters, digits and _ of ASCII, and all beyond it. Written as a negation, because Python needs 10 ms to compile the range.
_LETTER: Final = r"[^\x00-/:-@\[-\^`{-\x7f]"
_LETTER_OR_HYPHEN: Final = r"[^\x00-,./:-@\[-\^`{-\x7f]"
_LABEL: Final = f"{_LETTER}(?:{_LETTER_OR_HYPHEN}*{_LETTER})?"
_URL: Final = late(
    rf"""(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?)://
    (?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?
    (?P<host>\[[0-9A-Fa-f:.]+\]|{_LABEL}(?:\.{_LABEL})*)\.?
    (?::(?P<port>[0-9]{{1,5}}))?
    (?:[/?\#][^\s\\]*)?""",
    # Not IGNORECASE, which matches ſ as an s.
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The server and the protocol. ``http`` and ``https`` of one host are two origins: anyone can read the former."""

    scheme: str
    host: str
    """In lower case, without a trailing dot; letters beyond ASCII as punycode, so that a lookalike is visible."""
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    @property
    def plain(self) -> str:
        """The normal form, such as ``https://gateway.example``; also of a hidden one, whose text is a digest."""
        return Origin.__str__(self)

    @property
    def shown(self) -> str:
        """The display form."""
        return self.plain

    @property
    def is_plain(self) -> bool:
        """Whether the port is the default one of an encrypted connection."""
        return (self.scheme, self.port) == ("https", 443)

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine."""
        if self.host == "localhost":
            return True
        from ipaddress import ip_address

        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> Origin | None:
    """The origin of a URL; None if programs could disagree about it.

    >>> str(origin_of("HTTPS://Api.Example.com.:443/v1")), str(origin_of("https://аpi.example"))
    ('https://api.example.com', 'https://xn--pi-6kc.example')
    >>> origin_of("https://evil.example\\\\@api.example.com") is None
    True
    """
    found = _URL.fullmatch(url.strip())
    if found is None:
        return None
    scheme, host = found["scheme"].lower(), found["host"]
    port = int(found["port"]) if found["port"] else _PORTS[scheme]
    if not 0 < port < 65_536:
        return None
    if host.startswith("["):
        from ipaddress import IPv6Address

        try:
            return Origin(scheme, IPv6Address(host[1:-1]).compressed, port)
        except ValueError:
            return None
    host = host.lower()
    return Origin(scheme, host if host.isascii() else ".".join(map(_ascii, host.split("."))), port)


def is_on_this_machine(url: str) -> bool:
    """Whether a URL leads to a server on this machine. Servers print 0.0.0.0 as their address, and users copy it.

    >>> [is_on_this_machine(f"http://{host}:8000/v1") for host in ("localhost", "[::1]", "0.0.0.0", "gpu-server")]
    [True, True, True, False]
    """
    origin = origin_of(url)
    return origin is not None and (origin.is_loopback or origin.host in ("0.0.0.0", "::"))  # noqa: S104


def _ascii(label: str) -> str:
    """A label in a form that is safe to show. Nothing is mapped (ß and ss stay different), because clients disagree about that."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()
