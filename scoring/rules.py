"""测评规则: the policy file of a poll, read from TOML, checked and identified by the digest of its text."""

import hashlib
import tomllib
from typing import NamedTuple

from scoring.ladders import Ladder, plain_person, plain_unit, tested_person, tested_unit
from scoring.options import Scale, read_scale
from scoring.schema import RulesFault, Table, date, flag, one_of, share, share_or_none, text, whole

# domain.md: 1 to 4 valid ratings are never shown.
SMALLEST_CELL = 5


class EvidenceRules(NamedTuple):
    """What counts as evidence: undiscriminating ballots left out, severity of raters allowed for."""

    min_rated: int
    poor_share: float
    prior: int
    alpha: float


class Reward(NamedTuple):
    """What commends an official."""

    min_n: int
    line: float
    max_poor: int
    open_rectification: int


class Multiplicity(NamedTuple):
    """How the many comparisons of one poll are reported; `gate_q` 0 gates nobody."""

    report_q: bool
    report_expected_false: bool
    gate_q: float


class Rules(NamedTuple):
    """A checked policy; `evidence` is None exactly when the method is "threshold"."""

    id: str
    version: str
    sha256: str
    effective_from: str
    scale: Scale
    evidence: EvidenceRules | None
    person: Ladder
    unit: Ladder
    reward: Reward | None
    multiplicity: Multiplicity
    min_cell: int


def load(policy: str) -> Rules:
    """Read a policy file; raise RulesFault with one Chinese sentence where it cannot be used."""
    try:
        root = Table(tomllib.loads(policy), "")
    except tomllib.TOMLDecodeError as error:
        raise RulesFault(f"规则不是正确的 TOML 文件：{error}") from None
    root.take("schema", _format)
    statistical = root.take("method", one_of("statistical", "threshold"), "statistical") == "statistical"
    rules = Rules(
        id=root.take("id", text),
        version=root.take("version", text),
        sha256=hashlib.sha256(policy.encode()).hexdigest(),
        effective_from=root.take("effective_from", date, ""),
        scale=read_scale(root.table("scale")),
        evidence=_evidence(root.table("evidence")) if statistical else None,
        person=tested_person(root.table("person")) if statistical else plain_person(root.table("person")),
        unit=tested_unit(root.table("unit")) if statistical else plain_unit(root.table("unit")),
        reward=_reward(root.table("reward")) if statistical and "reward" in root else None,
        multiplicity=_multiplicity(root.table("multiplicity")),
        min_cell=_publish(root.table("publish")),
    )
    _validity(root.table("validity"))
    if statistical:
        _enforcement(root.table("enforcement"))
    root.close()
    return rules


def _format(value: object, place: str) -> int:
    """Check the version of the file's own form."""
    if value != 1:
        raise RulesFault(f"规则中“{place}”只能是1，本程序读不懂第“{value}”版格式")
    return 1


def _evidence(table: Table) -> EvidenceRules:
    evidence = EvidenceRules(
        table.take("undiscriminating_min_rated", whole(1)),
        table.take("undiscriminating_poor_share", share),
        table.take("severity_prior", whole(1)),
        table.take("severity_alpha", share),
    )
    table.close()
    return evidence


def _reward(table: Table) -> Reward:
    table.take("option", one_of("A"))
    reward = Reward(
        table.take("min_n", whole(1)),
        table.take("line", share),
        table.take("max_poor", whole(0)),
        table.take("open_rectification", whole(0)),
    )
    table.close()
    return reward


def _multiplicity(table: Table) -> Multiplicity:
    multiplicity = Multiplicity(
        table.take("report_q", flag, True),
        table.take("report_expected_false", flag, True),
        table.take("gate_q", share_or_none, 0.0),
    )
    table.close()
    return multiplicity


def _publish(table: Table) -> int:
    min_cell = table.take("min_cell", whole(SMALLEST_CELL), SMALLEST_CELL)
    for key, reason in (
        ("officials_public", "个人结果只给本人、单位、纪委"),
        ("per_ballot_rows", "整张票不得公布"),
    ):
        if table.take(key, flag, False):
            raise RulesFault(f"规则中“{table.path(key)}”须为 false：{reason}")
    table.close()
    return min_cell


def _validity(table: Table) -> None:
    table.take("min_rated", whole(0), 1)
    table.take("double_mark", one_of("item_invalid"), "item_invalid")
    table.close()


def _enforcement(table: Table) -> None:
    table.take("ledger", one_of("adverse_actions"))
    table.take("rule", one_of("worst_case"))
    table.take("on_fail", one_of("review"))
    table.close()
