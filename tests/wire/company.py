"""The network of a company between a machine and a provider: a proxy that requires a password, and one that opens TLS.

The second one shows a certificate of the company's own authority, which only the settings of this machine can make known.
"""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .servers import Answer, Asked, Reply, Server


def wants_a_password(asked: Asked, reply: Reply) -> None:
    """Refuse everybody, as a proxy."""
    reply.send(407, b"Who are you?", "text/plain", Proxy_Authenticate='Basic realm="company"')


class OpensTls(Server):
    """A server on 127.0.0.1 with its own certificate for an address, which is written to ``authority``."""

    def __init__(self, answer: Answer, folder: Path, *, days: int = 9, address: str = "127.0.0.1") -> None:
        super().__init__(answer)
        self.url = f"https://127.0.0.1:{self.port}"
        self.authority = folder / "company.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "The company")])
        today = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(today - datetime.timedelta(days=30))
            .not_valid_after(today + datetime.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.authority.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority, folder / "key.pem")
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust us hangs up
