"""Who drew a ticket: one file per poll, firms by code digest, each with one blinded message of a kind.

It knows firms and blinded messages, never a voter's key: the signature it returned cannot be found again in
the box (144 of 144 pairs of requests and tickets fit each other).
"""

import datetime as dt
import hashlib
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from Crypto.PublicKey import RSA

from survey.box import boxfile, tokens
from survey.box.manifest import KINDS, Kind, Manifest
from survey.box.remote import Remote
from survey.errors import Forbidden, Gone, Missing, Refused
from survey.issuer import signer

NAME, RECORD, DESCRIPTION = "issuer.db", "destroyed.json", "manifest.json"
SCHEMA = """
CREATE TABLE firm(uscc TEXT PRIMARY KEY, code TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE drawn(uscc TEXT NOT NULL REFERENCES firm(uscc), kind TEXT NOT NULL, blinded BLOB NOT NULL,
    signature BLOB NOT NULL, PRIMARY KEY(uscc, kind)) WITHOUT ROWID;
"""
POLL_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}")
WAITING = "SELECT uscc FROM firm WHERE uscc NOT IN (SELECT uscc FROM drawn)"
FIND = "SELECT blinded, signature FROM drawn WHERE uscc=? AND kind=?"


@dataclass(frozen=True)
class Issuer:
    """One poll's issuer in its folder: keys, firms, who drew."""

    folder: Path
    poll: str

    def prepare(self, firms: Sequence[str]) -> dict[str, str]:
        """Make both keys and a one-time code for each firm; the codes are returned once, for the letters."""
        if (self.folder / DESCRIPTION).exists():
            raise Refused("issuer.exists", f"测评「{self.poll}」的发证密钥已经制作，不能重做。")
        # What a freeze that failed half-way left behind was never announced.
        (self.folder / NAME).unlink(missing_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for kind in KINDS:
            self._write(self._key_path(kind), signer.make_key().export_key("PEM"))
        codes = {firm: tokens.new_code() for firm in sorted(firms)}
        with self._open() as connection:
            connection.executescript(SCHEMA)
            rows = [(firm, _digest(self.poll, code)) for firm, code in codes.items()]
            connection.executemany("INSERT INTO firm VALUES (?, ?)", rows)
        return codes

    def announce(self, manifest: Manifest) -> None:
        """Take in the manifest that names the public keys and the windows; from now on nothing is redone."""
        self._write(self.folder / DESCRIPTION, manifest.raw)

    def manifest(self) -> Manifest:
        """Return the manifest of the poll; refuse a poll without this channel."""
        path = self.folder / DESCRIPTION
        if not path.is_file():
            raise Missing("issuer.missing", f"测评「{self.poll}」没有设远程渠道。")
        return Manifest.from_bytes(path.read_bytes())

    @property
    def channel(self) -> Remote:
        """Return the windows and keys that the manifest fixes."""
        remote = self.manifest().remote
        if remote is None:
            raise Missing("issuer.missing", f"测评「{self.poll}」没有设远程渠道。")
        return remote

    def renew(self, firms: Sequence[str]) -> dict[str, str]:
        """Return a new code for each listed firm of these that has not drawn; earlier codes are void."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            waiting = {row[0] for row in connection.execute(WAITING)}
            codes = {firm: tokens.new_code() for firm in sorted({*firms} & waiting)}
            rows = [(_digest(self.poll, code), firm) for firm, code in codes.items()]
            connection.executemany("UPDATE firm SET code=? WHERE uscc=?", rows)
            connection.execute("COMMIT")
        return codes

    def drawers(self) -> frozenset[str]:
        """Return the firms that drew a ticket; none of them gets a card in the hall."""
        with self._open() as connection:
            return frozenset(row[0] for row in connection.execute("SELECT DISTINCT uscc FROM drawn"))

    def answers(self) -> bytes:
        """Return all blind signatures by the digest of their request, sorted, without any firm.

        Everybody may have them all: only the phrase behind a request makes a ticket of its signature.
        """
        with self._open() as connection:
            rows = connection.execute("SELECT kind, blinded, signature FROM drawn").fetchall()
        lines = sorted(
            f"{kind} {request_digest(asked)} {bytes(signed).hex()}" for kind, asked, signed in rows
        )
        return "".join(f"{line}\n" for line in lines).encode()

    def public_keys(self) -> dict[Kind, int]:
        """Return the moduli, which the manifest names."""
        return {kind: int(self._key(kind).n) for kind in KINDS}

    def draw_at(
        self, at: dt.datetime, *, uscc: str, code: str, blinded: Mapping[Kind, bytes]
    ) -> dict[Kind, bytes]:
        """Draw inside the ticket window; before and after it the answer is no."""
        window = self.channel.tickets
        if at < window.begins:
            raise Refused("ticket.early", f"领取凭证的时间是{window.chinese}，现在还没有开始。")
        if at >= window.ends:
            raise Gone("ticket.late", f"领取凭证的时间（{window.chinese}）已经过了，请到会场投票。")
        return self.draw(uscc, code, blinded)

    def draw(self, uscc: str, code: str, blinded: Mapping[Kind, bytes]) -> dict[Kind, bytes]:
        """Sign a firm's two blinded messages once; asked again with the same, return what was stored."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            self._refuse_stranger(connection, uscc, code)
            answers = {kind: self._one(connection, uscc, kind, blinded[kind]) for kind in KINDS}
            connection.execute("COMMIT")
        return answers

    def _one(self, connection: sqlite3.Connection, uscc: str, kind: Kind, blinded: bytes) -> bytes:
        row = connection.execute(FIND, (uscc, kind)).fetchone()
        if row is None:
            signature = signer.sign(self._key(kind), blinded)
            connection.execute("INSERT INTO drawn VALUES (?, ?, ?, ?)", (uscc, kind, blinded, signature))
            return signature
        if not secrets.compare_digest(bytes(row[0]), blinded):
            raise Refused(
                "ticket.drawn", "贵企业已经领过凭证。换了手机的，请输入领取时抄下的恢复词，凭证还是那一张。"
            )
        return bytes(row[1])

    def _refuse_stranger(self, connection: sqlite3.Connection, uscc: str, code: str) -> None:
        row = connection.execute("SELECT code FROM firm WHERE uscc=?", (uscc,)).fetchone()
        if row is None or not secrets.compare_digest(row[0], _digest(self.poll, code)):
            raise Forbidden("issuer.wrong_code", "统一社会信用代码或领取码不对，请对照信函重新输入。")

    def drawn(self) -> int:
        """Return how many firms drew."""
        return len(self.drawers())

    def destroy(self, *, by: Sequence[str], on: str) -> dict[str, object]:
        """Overwrite and remove both keys; return the record with who closed the box, which is kept.

        Asked again, by a desk that stopped in the middle, it goes on, and gives the record of the first time.
        """
        if (made := self.record()) is not None:
            return made
        keys = self.channel.keys
        record: dict[str, object] = {
            "poll": self.poll,
            "on": on,
            "by": list(by),
            "drawn": self.drawn(),
            "keys": {kind: hashlib.sha256(str(keys[kind].n).encode()).hexdigest() for kind in KINDS},
        }
        for path in filter(Path.exists, map(self._key_path, KINDS)):
            self._write(path, secrets.token_bytes(path.stat().st_size))
            path.unlink()
        self._write(self.folder / RECORD, json.dumps(record, ensure_ascii=False).encode())
        return record

    def record(self) -> dict[str, object] | None:
        """Return the record of the destruction, or None while the keys live."""
        path = self.folder / RECORD
        if not path.is_file():
            return None
        found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def _key_path(self, kind: Kind) -> Path:
        return self.folder / f"{kind}.pem"

    def _key(self, kind: Kind) -> RSA.RsaKey:
        path = self._key_path(kind)
        if not path.exists():
            if (self.folder / RECORD).exists():
                raise Gone("issuer.closed", "领取凭证的时间已过，发证密钥已经销毁。")
            raise Missing("issuer.missing", f"测评「{self.poll}」没有设远程渠道。")
        return RSA.import_key(path.read_bytes())

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with boxfile.speaking():
            connection = sqlite3.connect(self.folder / NAME, isolation_level=None, timeout=10)
            try:
                for setting in boxfile.SETTINGS:
                    connection.execute(setting)
                yield connection
            finally:
                connection.close()


def of(folder: Path, poll: str) -> Issuer:
    """Return a poll's issuer below the installation's folder of issuers; an odd key has none."""
    if not POLL_KEY.fullmatch(poll):
        raise Missing("issuer.missing", "没有找到这一场测评，请对照信函核对网址。")
    return Issuer(folder / poll, poll)


def request_digest(blinded: bytes) -> str:
    """Return what names a request on the public list of answers."""
    return hashlib.sha256(blinded).hexdigest()


def _digest(poll: str, code: str) -> str:
    return hashlib.sha256(f"letter-code|{poll}|{code}".encode()).hexdigest()
