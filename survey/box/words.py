"""An inspector's key as printed words: the secret scalar in 24 Chinese characters with a checksum (BIP-39).

The words alone open the key, without passphrase: the sheet belongs in a sealed envelope. They name neither
poll nor person; restoring takes both from the public key that was registered.
"""

import unicodedata

from cryptography.hazmat.primitives.asymmetric import ec
from mnemonic import Mnemonic

from survey.box import keys, tokens
from survey.box.keys import KeyFile
from survey.errors import Invalid

WORDS = 24
LANGUAGE = "chinese_simplified"
WORD_LIST = "".join(Mnemonic(LANGUAGE).wordlist)
"""The 2,048 characters in their order, for the pages that write and read phrases themselves."""


def backup(private: ec.EllipticCurvePrivateKey) -> str:
    """Return the 24 characters that restore a key, in rows of six."""
    scalar = private.private_numbers().private_value.to_bytes(keys.KEY_BYTES)
    words = Mnemonic(LANGUAGE).to_mnemonic(scalar).split(" ")
    return "\n".join("".join(words[start : start + 6]) for start in range(0, WORDS, 6))


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Return the key of 24 typed characters; a wrong one is named, a wrong order caught."""
    book = Mnemonic(LANGUAGE)
    words = [sign for sign in unicodedata.normalize("NFKC", text) if not sign.isspace()]
    if len(words) != WORDS:
        raise Invalid("key.word_count", f"备份应为{WORDS}个字，现有{len(words)}个，请对照备份单补齐。")
    for place, word in enumerate(words, start=1):
        if word not in book.wordlist:
            raise Invalid("key.unknown_word", f"第{place}个字「{word}」不在字表中，请对照备份单改正。")
    if not book.check(" ".join(words)):
        raise Invalid("key.wrong_words", "校验不符，有一个字抄错或次序颠倒，请对照备份单逐字核对。")
    return ec.derive_private_key(int.from_bytes(book.to_entropy(words)), tokens.CURVE)


def restore(text: str, passphrase: str, *, poll: str, position: int, holder: str, public_key: str) -> KeyFile:
    """Return a new key file from the words, for the place whose registered public key it fits."""
    private = private_key(text)
    if keys.public_point(private) != public_key:
        raise Invalid(
            "key.other_words",
            f"这份备份不是测评「{poll}」第{position}位监督人（{holder}）登记的密钥，请核对信封上的测评和姓名。",
        )
    return keys.wrap(private, passphrase, poll=poll, position=position, holder=holder)
