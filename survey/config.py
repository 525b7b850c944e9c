"""Configuration: one frozen object from instance/config.toml, then SURVEY_* variables."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from survey.errors import Refused

TLS_CHOICES = frozenset({"auto", "on", "off"})
WEAK_SECRETS = frozenset({"", "change-me", "changeme", "secret", "dev", "test", "password", "demo"})


@dataclass(frozen=True, kw_only=True)
class Config:
    """All settings of one installation; `instance` is the folder that holds its data."""

    instance: Path
    mode: str = "production"
    secret_key: str = ""
    desk_database: str = ""
    county: str = "青禾县"
    government: str = "青禾县人民政府"
    office: str = "青禾县“我来办”办公室"
    office_phone: str = "0335-0000000"
    discipline_phone: str = "12388"
    document_word: str = "青营商函"
    bulletin_word: str = "青营商发"
    letter_signers: str = "中共青禾县委书记　青禾县人民政府县长"
    hall_origin: str = "http://127.0.0.1:8080"
    hall_host: str = "127.0.0.1"
    hall_port: int = 8080
    desk_origin: str = "http://127.0.0.1:8081"
    desk_host: str = "127.0.0.1"
    desk_port: int = 8081
    issuer_origin: str = "http://127.0.0.1:8082"
    issuer_host: str = "127.0.0.1"
    issuer_port: int = 8082
    hall_tls: str = "auto"
    desk_tls: str = "auto"
    issuer_tls: str = "auto"

    @property
    def database_url(self) -> str:
        """Return the desk database's URL: `desk_database`, or SQLite inside the instance folder."""
        return self.desk_database or f"sqlite:///{self.instance / 'desk.db'}"

    def encrypted(self, door: str) -> bool:
        """Tell whether `door` is served over TLS: "auto" means always, in the demonstration never."""
        wanted = {"hall": self.hall_tls, "desk": self.desk_tls, "issuer": self.issuer_tls}[door]
        return wanted == "on" or (wanted == "auto" and self.mode != "demo")

    def address(self, door: str) -> tuple[str, str, int]:
        """Return the origin of `door` and where it listens."""
        return {
            "hall": (self.hall_origin, self.hall_host, self.hall_port),
            "desk": (self.desk_origin, self.desk_host, self.desk_port),
            "issuer": (self.issuer_origin, self.issuer_host, self.issuer_port),
        }[door]

    def scheme(self, door: str) -> str:
        """Return https or http, as `door` is served."""
        return "https" if self.encrypted(door) else "http"

    @property
    def tls(self) -> Path:
        """Return the folder of the certificates that the doors show."""
        return self.instance / "tls"

    @property
    def boxes(self) -> Path:
        """Return the folder that holds one sub-folder for each ballot box."""
        return self.instance / "boxes"

    @property
    def issuer(self) -> Path:
        """Return the folder of the issuer of remote tickets, one sub-folder for each poll."""
        return self.instance / "issuer"

    @property
    def mail(self) -> Path:
        """Return the folder of what remark writers say of the answers, one sub-folder for each poll."""
        return self.instance / "mail"

    @property
    def board(self) -> Path:
        """Return the file of public notices, the only thing that hall and desk share beside the boxes."""
        return self.instance / "board.db"

    @property
    def letters(self) -> Path:
        """Return the folder of issued letters."""
        return self.instance / "letters"

    @property
    def seal_keys(self) -> Path:
        """Return the folder of the electronic seal's key and certificates: the county's own, or test ones."""
        return self.instance / "keys" / "seal"

    @property
    def fonts(self) -> Path:
        """Return the folder of built fonts."""
        return self.instance / "fonts"


def load(instance: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the settings of `instance`; refuse unknown keys, wrong types and, in production, a weak secret."""
    values: dict[str, object] = {}
    known = {field.name: field.type for field in fields(Config) if field.name != "instance"}
    path = instance / "config.toml"
    if path.exists():
        values.update(_from_toml(path))
    for name in known:
        if (text := environ.get(f"SURVEY_{name.upper()}")) is not None:
            values[name] = text
    for name, value in values.items():
        if name not in known:
            raise Refused("config.unknown", f"「{name}」不是设置项，请对照 config.example.toml 改正。")
        values[name] = _typed(name, value, whole_number=known[name] is int)
    config = Config(instance=instance, **values)  # type: ignore[arg-type]  # checked key by key above
    _check(config)
    return config


def _from_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise Refused("config.unreadable", f"配置文件 {path.name} 无法读取：{fault}。") from fault


def _typed(name: str, value: object, *, whole_number: bool) -> object:
    if not whole_number:
        if isinstance(value, str):
            return value
        raise Refused("config.type", f"设置项「{name}」应为带引号的文字。")
    try:
        return int(str(value))
    except ValueError as fault:
        raise Refused("config.type", f"设置项「{name}」应为整数。") from fault


def _check(config: Config) -> None:
    if config.mode not in {"production", "demo"}:
        raise Refused("config.mode", "设置项「mode」只能是 production 或 demo。")
    if not {config.hall_tls, config.desk_tls, config.issuer_tls} <= TLS_CHOICES:
        raise Refused("config.tls", "设置项「hall_tls」「desk_tls」「issuer_tls」只能是 auto、on 或 off。")
    if config.mode == "demo":
        return
    weak = config.secret_key.lower() in WEAK_SECRETS or len(config.secret_key) < 32
    if weak or len(set(config.secret_key)) < 10:
        raise Refused(
            "config.weak_secret",
            "正式运行需要足够强的密钥：请在 config.toml 的 secret_key 中填入至少32位随机字符"
            "（可用命令 survey init 生成）。",
        )
