"""The scale of options: what each mark means and which named rate is the headline."""

from typing import Any, NamedTuple

from scoring.schema import RulesFault, Table, flag, one_of, text, whole

SATISFACTIONS = ("satisfied_over_valid", "top_over_valid", "weighted_score")
_NAMES = dict(zip(SATISFACTIONS, ("非差评率", "非常满意率", "得分"), strict=True))


class Option(NamedTuple):
    """One option of the ballot; an abstaining option is only a printed way to leave a line blank."""

    code: str
    label: str
    score: int
    satisfied: bool
    poor: bool
    abstain: bool


class Scale(NamedTuple):
    """The options, best first, and the headline with its name."""

    options: tuple[Option, ...]
    satisfaction: str
    satisfaction_name: str
    round_display: int

    def score(self, code: str) -> int:
        """Return what an option weighs in the weighted score."""
        return next(option.score for option in self.options if option.code == code)


def read_scale(table: Table) -> Scale:
    """Read [scale]: three options A, B, C; the worst one weighs nothing and satisfies nobody."""
    options = tuple(_option(entry) for entry in table.tables("options"))
    satisfaction = table.take("satisfaction", one_of(*SATISFACTIONS))
    name = table.take("satisfaction_name", text, _NAMES[satisfaction])
    scale = Scale(options, satisfaction, name, table.take("round_display", _two_places))
    table.close()
    _check_options(scale)
    if "率" in name and satisfaction == "weighted_score":
        raise RulesFault(f"规则中“scale.satisfaction_name”：加权得分是得分，不能叫“{name}”")
    return scale


def _option(table: Table) -> Option:
    abstain = table.take("abstain", flag, False)
    option = Option(
        table.take("code", text),
        table.take("label", text),
        table.take("score", whole(0), 0),
        table.take("satisfied", flag, False),
        table.take("poor", flag, False),
        abstain,
    )
    table.close()
    return option


def _check_options(scale: Scale) -> None:
    rated = [option for option in scale.options if not option.abstain]
    if [option.code for option in rated] != ["A", "B", "C"]:
        raise RulesFault("规则中“scale.options”须依次为 A、B、C 三项，另可有一项 abstain=true")
    if [option.poor for option in rated] != [False, False, True]:
        raise RulesFault("规则中“scale.options”只有最差一项 C 须标明 poor=true")
    worst = rated[-1]
    if worst.score or worst.satisfied:
        raise RulesFault(
            f"规则中最差选项“{worst.label}”计入了分值或满意，人人不满也会得分，"
            f"不能叫“{scale.satisfaction_name}”或满意率；请改为 score=0、satisfied=false"
        )
    if not rated[0].score >= rated[1].score >= worst.score:
        raise RulesFault("规则中“scale.options”的分值须由好到差不增")


def _two_places(value: Any, place: str) -> int:
    if value != 2:
        raise RulesFault(f"规则中“{place}”只能是2：公布的率一律保留两位小数")
    return 2
