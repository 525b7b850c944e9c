"""The rules shipped with the product, and the check that a pasted policy can be used at all."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from scoring import rules
from scoring.schema import RulesFault
from survey.errors import Invalid


@dataclass(frozen=True)
class Policy:
    """One shipped policy: the name of its file, its text and the SHA-256 that the manifest will carry."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        """Return the digest of the text."""
        return digest(self.text)

    @property
    def heading(self) -> str:
        """Return the policy's first comment line, which says in Chinese what it is for."""
        first = self.text.lstrip().splitlines()[0]
        return first.lstrip("# ") if first.startswith("#") else self.name


def digest(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def shipped() -> list[Policy]:
    """Return the policies that come with the product, by name."""
    found = [
        entry for entry in files("scoring").joinpath("policies").iterdir() if entry.name.endswith(".toml")
    ]
    policies = [
        Policy(entry.name.removesuffix(".toml"), entry.read_text(encoding="utf-8")) for entry in found
    ]
    return sorted(policies, key=lambda policy: policy.name)


def checked(text: str) -> str:
    """Return the policy text with plain line ends, or refuse it with the reason the scoring gives."""
    plain = text.replace("\r\n", "\n").strip() + "\n"
    try:
        rules.load(plain)
    except RulesFault as fault:
        raise Invalid("poll.rules", f"测评规则不能使用：{fault}") from fault
    return plain


def text(name: str) -> str:
    """Return the shipped policy called `name`."""
    return next(policy.text for policy in shipped() if policy.name == name)
