"""The doors' own certificates: made at the first start, kept in instance/tls, known by their fingerprint.

No authority vouches for a hall network without internet; the fingerprint on the hall's poster does.
"""

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from survey import clock
from survey.config import Config
from survey.errors import Refused

LASTING = dt.timedelta(days=820)  # phones refuse certificates that last longer than 825 days
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Certificate:
    """A door's certificate and key files, and the fingerprint that people compare."""

    certificate: Path
    key: Path
    fingerprint: str


def of(config: Config, door: str) -> Certificate:
    """Return the certificate of `hall`, `desk` or `issuer`; make it when there is none."""
    certificate, key = config.tls / f"{door}.crt", config.tls / f"{door}.key"
    if not (certificate.exists() and key.exists()):
        _make(config, door, certificate, key)
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError as fault:
        raise Refused(
            "tls.unreadable", f"证书文件 {certificate.name} 无法读取，请删除后重新启动，系统会重新制作。"
        ) from fault
    if read.not_valid_after_utc <= clock.now():
        raise Refused("tls.expired", f"证书 {certificate.name} 已过期，请删除后重新启动，系统会重新制作。")
    digits = read.fingerprint(hashes.SHA256()).hex().upper()
    return Certificate(certificate, key, " ".join(digits[n : n + 4] for n in range(0, len(digits), 4)))


def _make(config: Config, door: str, certificate: Path, key: Path) -> None:
    origin, host, _port = config.address(door)
    private, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    names = sorted({urlsplit(origin).hostname or "localhost", host, *LOCAL} - {"0.0.0.0", "::"})  # noqa: S104  # left out, not listened on
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Qiping {door}")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + LASTING)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    config.tls.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(certificate, made.public_bytes(Encoding.PEM))


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
