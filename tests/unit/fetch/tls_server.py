"""A real TLS server on the loopback interface, with a certificate authority made for the test."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "badge.example"

Answer = Callable[[ssl.SSLSocket, threading.Event], None]
"""Speaks to one client after its request was read; the event says that the test is over."""


def reply(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    """An ordinary answer; `content_type="…"` becomes the header Content-Type."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "", ""]).encode()

    def answer(client: ssl.SSLSocket, over: threading.Event) -> None:
        client.sendall(head + body)

    return answer


@dataclass(frozen=True)
class Authority:
    """A certificate authority that lives as long as one test run."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def create(cls) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, _certificate("Test authority", key.public_key(), "Test authority", key, []))

    def client_context(self) -> ssl.SSLContext:
        """Trusts this authority and nobody else."""
        return ssl.create_default_context(
            cadata=self.certificate.public_bytes(Encoding.PEM).decode("ascii")
        )

    def server_context(self, host: str, folder: Path) -> ssl.SSLContext:
        """Shows a certificate for a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(host, key.public_key(), "Test authority", self.key, [host])
        file = folder / "server.pem"
        file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _certificate(
    subject: str,
    public_key: ec.EllipticCurvePublicKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    hosts: list[str],
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        # What Python 3.13 demands of every chain (VERIFY_X509_STRICT, RFC 5280 section 4.2.1).
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not hosts:
        usage = x509.KeyUsage(
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
        builder = builder.add_extension(usage, critical=True)
    else:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, SHA256())


@dataclass
class TlsServer:
    """Accepts connections on a free port until it is closed, one thread each."""

    context: ssl.SSLContext
    answer: Answer
    shakes_hands: bool = True
    requests: list[bytes] = field(default_factory=list)
    names_asked_for: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.context.sni_callback = lambda _socket, name, _context: self.names_asked_for.append(
            name
        )
        self._spawn(self._accept)

    def close(self) -> None:
        self._over.set()
        # shutdown() wakes the accepting thread; close() alone would leave it waiting.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._spawn(lambda client=client: self._serve(client))  # type: ignore[misc]

    def _serve(self, raw: socket.socket) -> None:
        with raw:
            if not self.shakes_hands:
                self._over.wait()
                return
            try:
                with self.context.wrap_socket(raw, server_side=True) as client:
                    self.requests.append(client.recv(64 * 1024))
                    self.answer(client, self._over)
            except OSError:
                return  # the client hung up, which is what many of these tests are about
