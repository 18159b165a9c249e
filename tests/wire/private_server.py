"""A server on 127.0.0.1 with a private authority, which admits no client without a certificate of that authority."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .servers import Answer, Server

SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, each in a file."""

    certificate: Path
    key: Path

    @property
    def together(self) -> Path:
        """Write both into one file and return its path."""
        path = self.certificate.with_suffix(".both.pem")
        path.write_bytes(self.certificate.read_bytes() + self.key.read_bytes())
        return path


class Authority:
    """An authority that signs certificates. Its own certificate is in ``certificate``.

    A loose authority leaves out what RFC 5280 requires and Python checks from 3.13 on: the owner and the purpose of each key.
    """

    def __init__(self, folder: Path, *, loose: bool = False) -> None:
        self._folder = folder
        self._loose = loose
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A private authority")])
        own = self._builder(self._name, self._key).add_extension(x509.BasicConstraints(True, 0), critical=True)
        if not loose:
            own = own.add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            own = own.add_extension(SIGNS_CERTIFICATES, critical=True)
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def signed(self, name: str, *, password: bytes | None = None) -> Signed:
        """Return a certificate for this name and for 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = made.add_extension(here, critical=False)
        if not self._loose:
            signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
            made = made.add_extension(signer, critical=False)
        signed = made.sign(self._key, hashes.SHA256())
        files = Signed(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        files.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        files.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how))
        return files

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        today = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=9))
        )


class Private(Server):
    """A server that requires a certificate of its authority."""

    def __init__(self, answer: Answer, authority: Authority) -> None:
        super().__init__(answer)
        self.url = f"https://127.0.0.1:{self.port}"
        own = authority.signed("server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own.certificate, own.key)
        context.load_verify_locations(authority.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # who is not let in hangs up
