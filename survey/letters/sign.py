"""The electronic seal: a PAdES signature after a letter's own bytes, made and checked with pyHanko.

The archived letter stays as it is: its bytes are the beginning of the signed copy, so the digest in the
journal still proves it. The folder of seal keys holds seal.key, seal.crt and ca.crt: a test authority made at
set-up, or the county's own certificate. An SM2 seal (GB/T 38540) needs a licensed authority's device: it
would stand beside `sign` as another function of the same shape, letter in, sealed letter out.
"""

import asyncio
import datetime as dt
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import async_validate_detached_cms, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureStatus
from pyhanko_certvalidator import ValidationContext

from survey.errors import Refused

KEY, CERTIFICATE, AUTHORITY = "seal.key", "seal.crt", "ca.crt"
LASTING = dt.timedelta(days=3650)
FIELD = "ElectronicSeal"
T = TypeVar("T")


@dataclass(frozen=True)
class Verdict:
    """What the seal of a file is worth: unchanged bytes, all of them covered, a holder vouched for."""

    holder: str
    intact: bool
    whole: bool
    trusted: bool

    @property
    def good(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.intact and self.whole and self.trusted

    def lines(self) -> Iterator[str]:
        """Return the verdict in Chinese, a line for each point."""
        yield f"签章人：{self.holder}"
        yield "内容未被改动。" if self.intact else "内容已被改动，请勿采信！"
        yield "签章覆盖整个文件。" if self.whole else "签章之后文件又增添了内容，请勿采信！"
        yield "签章证书可信。" if self.trusted else "签章证书不是本单位认可的机构签发的。"


def make_test_keys(folder: Path, *, organ: str, at: dt.datetime) -> None:
    """Make a test authority and a seal certificate of `organ`, unless the folder holds keys already."""
    if (folder / KEY).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("测试签发机构（样章）"), _name(f"{organ}（样章）"[:64])
    root = _certificate(root_name, root_name, root_key.public_key(), at)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(_usage(signs_certificates=True), critical=True)
    seal = _certificate(name, root_name, key.public_key(), at)
    seal = seal.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    seal = seal.add_extension(_usage(signs_certificates=False), critical=True)
    (folder / AUTHORITY).write_bytes(root.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    (folder / CERTIFICATE).write_bytes(seal.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(days=1))
        .not_valid_after(at + LASTING)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def sign(content: bytes, *, keys: Path) -> bytes:
    """Return the letter with the electronic seal of `keys` appended; nothing may be added after it."""
    terms = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    target = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(content))
    _finished(PdfSigner(terms, _signer(keys)).async_sign_pdf(writer, output=target))
    return target.getvalue()


def sign_list(content: bytes, *, keys: Path) -> bytes:
    """Return the detached signature of a list of digests: one seal for a whole batch."""
    signed = _finished(_signer(keys).async_sign_general_data(content, "sha256", detached=True))
    return bytes(signed.dump())


def verify_list(content: bytes, signature: bytes, *, keys: Path) -> Verdict:
    """Check the detached seal of a list of digests."""
    try:
        signed = cms.ContentInfo.load(signature)["content"]
        checking = async_validate_detached_cms(content, signed, signer_validation_context=_context(keys))
        status = _finished(checking)
    except (SignatureValidationError, ValueError, TypeError) as fault:
        raise Refused("letters.seal_damaged", "清单的签章已损坏，无法验证，请勿采信。") from fault
    return Verdict(_holder(status), bool(status.intact and status.valid), True, bool(status.trusted))


def verify(content: bytes, *, keys: Path) -> Verdict:
    """Check the electronic seal of a file against the authority in `keys`; refuse a file without one."""
    try:
        found = PdfFileReader(BytesIO(content)).embedded_signatures
        if not found:
            raise Refused("letters.unsigned", "这份文件没有电子签章。")
        checking = async_validate_pdf_signature(found[0], signer_validation_context=_context(keys))
        status = _finished(checking)
    except (PdfError, SignatureValidationError, ValueError) as fault:
        raise Refused("letters.seal_damaged", "文件或签章已损坏，无法验证，请勿采信。") from fault
    whole = len(found) == 1 and found[0].evaluate_signature_coverage().name == "ENTIRE_FILE"
    return Verdict(_holder(status), bool(status.intact and status.valid), whole, bool(status.trusted))


def _signer(keys: Path) -> SimpleSigner:
    return SimpleSigner.load(  # type: ignore[no-any-return, no-untyped-call]  # pyHanko leaves it untyped
        str(_need(keys / KEY)), str(_need(keys / CERTIFICATE)), ca_chain_files=(str(_need(keys / AUTHORITY)),)
    )


def _context(keys: Path) -> ValidationContext:
    authority = str(_need(keys / AUTHORITY))
    root = load_cert_from_pemder(authority)  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
    return ValidationContext(trust_roots=[root], allow_fetching=False)


def _holder(status: SignatureStatus) -> str:
    return str(status.signing_cert.subject.native.get("common_name", "未注明"))


def _need(path: Path) -> Path:
    if not path.is_file():
        raise Refused(
            "letters.no_seal_keys",
            f"缺少签章文件 {path.name}；请放入县里的证书，或用 survey letters testseal 生成测试证书。",
        )
    return path


def _finished(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end in a thread of its own: the caller may already stand in an event loop."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()
