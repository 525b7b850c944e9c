"""An inspector's own key pair, wrapped by a passphrase in a key file; twin of static/desk/keys.js."""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from survey.box import tokens
from survey.box.manifest import canonical
from survey.errors import Invalid

FORMAT = "qiping-key-1"
# About 0.1 s here and 1 to 3 s in a browser's plain JavaScript.
PASSES, MEMORY_KIB, LANES = 3, 32 * 1024, 1
MOST_PASSES, MOST_MEMORY_KIB, MOST_LANES = 16, 1024 * 1024, 8
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
SHORTEST = 8

KeyFile = dict[str, Any]


def make(poll: str, position: int, holder: str, passphrase: str) -> KeyFile:
    """Return a key file with a fresh key pair for one inspector's place in one poll."""
    private = ec.generate_private_key(tokens.CURVE)
    return wrap(private, passphrase, poll=poll, position=position, holder=holder)


def wrap(
    private: ec.EllipticCurvePrivateKey, passphrase: str, *, poll: str, position: int, holder: str
) -> KeyFile:
    """Return the key file of a private key, wrapped by a passphrase."""
    if len(_folded(passphrase)) < SHORTEST:
        raise Invalid("key.weak_passphrase", f"口令太短，请至少使用{SHORTEST}个字符。")
    key_file: KeyFile = {
        "format": FORMAT,
        "poll": poll,
        "position": position,
        "holder": holder,
        "public_key": public_point(private),
        "kdf": {
            "name": "argon2id",
            "passes": PASSES,
            "memory_kib": MEMORY_KIB,
            "lanes": LANES,
            "salt": secrets.token_hex(SALT_BYTES),
        },
        "cipher": "aes-256-gcm",
        "nonce": secrets.token_hex(NONCE_BYTES),
    }
    scalar = private.private_numbers().private_value.to_bytes(KEY_BYTES)
    wrap = AESGCM(_wrapping_key(key_file, passphrase))
    nonce = bytes.fromhex(key_file["nonce"])
    key_file["wrapped"] = wrap.encrypt(nonce, scalar, _label(key_file)).hex()
    key_file["check"] = _check(key_file)
    return key_file


def parse(raw: bytes) -> KeyFile:
    """Read a key file from disk; refuse any other file."""
    try:
        key_file = json.loads(raw)
    except (ValueError, RecursionError) as fault:
        raise _not_a_key_file() from fault
    _refuse_damaged(key_file)
    return dict(key_file)


def unlock(key_file: Mapping[str, Any], passphrase: str, *, poll: str) -> ec.EllipticCurvePrivateKey:
    """Return the private key; refuse a file of another poll, a damaged file, a wrong passphrase."""
    _refuse_damaged(key_file)
    if key_file["poll"] != poll:
        raise Invalid(
            "key.other_poll",
            f"这是测评「{key_file['poll']}」的密钥文件，不是测评「{poll}」的，请选择本次测评的密钥文件。",
        )
    wrap = AESGCM(_wrapping_key(key_file, passphrase))
    try:
        scalar = wrap.decrypt(
            bytes.fromhex(key_file["nonce"]), bytes.fromhex(key_file["wrapped"]), _label(key_file)
        )
    except InvalidTag as fault:
        raise Invalid("key.wrong_passphrase", "口令不对，密钥没有打开，请核对大小写后重新输入。") from fault
    private = ec.derive_private_key(int.from_bytes(scalar), tokens.CURVE)
    if public_point(private) != key_file["public_key"]:
        raise _damaged()
    return private


def public_point(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half as an uncompressed point in hex, as the manifest lists it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()


def _folded(passphrase: str) -> str:
    return unicodedata.normalize("NFKC", passphrase).strip(" \t\r\n")


def _wrapping_key(key_file: Mapping[str, Any], passphrase: str) -> bytes:
    kdf = key_file["kdf"]
    return hash_secret_raw(
        secret=_folded(passphrase).encode(),
        salt=bytes.fromhex(kdf["salt"]),
        time_cost=kdf["passes"],
        memory_cost=kdf["memory_kib"],
        parallelism=kdf["lanes"],
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _label(key_file: Mapping[str, Any]) -> bytes:
    """Return what the wrapping is bound to, so that a file cannot be passed off as another's."""
    names = ("format", "poll", "position", "holder", "public_key")
    return canonical([key_file[name] for name in names])


def _check(key_file: Mapping[str, Any]) -> str:
    """Return the digest that tells a damaged file from a wrong passphrase."""
    content = {name: value for name, value in key_file.items() if name != "check"}
    return hashlib.sha256(canonical(content)).hexdigest()


def _refuse_damaged(key_file: Mapping[str, Any]) -> None:
    if not isinstance(key_file, Mapping) or key_file.get("format") != FORMAT:
        raise _not_a_key_file()
    try:
        whole = key_file["check"] == _check(key_file) and _label(key_file) and _fair(key_file["kdf"])
        sizes = [len(bytes.fromhex(key_file[name])) for name in ("public_key", "nonce", "wrapped")]
        sizes.append(len(bytes.fromhex(key_file["kdf"]["salt"])))
    except (KeyError, TypeError, ValueError) as fault:
        raise _damaged() from fault
    if not whole or sizes != [65, NONCE_BYTES, KEY_BYTES + 16, SALT_BYTES]:
        raise _damaged()


def _fair(kdf: Mapping[str, Any]) -> bool:
    """Tell whether the cost of deriving is one that we set, not one that eats the memory."""
    passes, memory, lanes = int(kdf["passes"]), int(kdf["memory_kib"]), int(kdf["lanes"])
    fair_time = 1 <= passes <= MOST_PASSES and 1 <= lanes <= MOST_LANES
    return kdf["name"] == "argon2id" and fair_time and 8 * lanes <= memory <= MOST_MEMORY_KIB


def _not_a_key_file() -> Invalid:
    return Invalid("key.not_a_key_file", "这不是监督密钥文件，请选择制作密钥时保存的文件。")


def _damaged() -> Invalid:
    return Invalid("key.damaged", "密钥文件已损坏，内容不完整或被改动，请改用备份。")
