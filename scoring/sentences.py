"""One Chinese sentence for each finding: its numbers, the rule, and what follows (scoring.md §5)."""

from scoring.escalation import REVIEW, Finding, Gate, Numbers, Standing
from scoring.ladders import Rung
from scoring.rates import half_up, line, percent, share
from scoring.rules import Rules

LEAST_CHANCE = 0.0001


def proposal(standing: Standing, finding: Finding) -> str:
    """Return the sentence of one proposal."""
    if finding.rung is None:
        return _commendation(standing, finding)
    if "L" not in finding.numbers:
        return f"{_plain(standing, finding)} → 按规则 {finding.rule} 列入{finding.name}。"
    if finding.rule.endswith(".history"):
        return _history(standing, finding)
    if finding.lane == REVIEW:
        return f"{_counted(standing, finding)}；{_deducted(standing, finding)} → 转审查小组核实。"
    reasons = "；".join([_counted(standing, finding), *_reasons(standing, finding)])
    arrow = "→" if reasons.endswith("）") else " →"
    return f"{reasons}{arrow} 按规则 {finding.rule} 列入{finding.name}。"


def _counted(standing: Standing, finding: Finding) -> str:
    n, b = _whole(finding.numbers, "n"), _whole(finding.numbers, "b")
    if standing.kind == "unit":
        officials = _whole(finding.numbers, "officials")
        return f"{standing.name}：{n}张票评价了本单位人员，其中{b}张打过差评（涉及{officials}人）"
    poor = f"差评{b}张（{percent(b, n)}%）"
    if finding.rule == "person.rolling":
        spread = _whole(finding.numbers, "periods_with_poor")
        periods = _whole(finding.numbers, "periods")
        return f"{standing.name}：近{periods}季合计{n}家作出有效评价，{poor}，分布在{spread}季"
    aside = f"（另有{standing.set_aside}张票不作升级依据）" if standing.set_aside else ""
    return f"{standing.name}：{n}家作出有效评价{aside}，{poor}"


def _reasons(standing: Standing, finding: Finding) -> list[str]:
    told, n, b = finding.numbers, _whole(finding.numbers, "n"), _whole(finding.numbers, "b")
    k = _whole(told, "k")
    what, most_severe = ("差评票占比", "") if standing.kind == "unit" else ("差评率", "最严的票")
    reasons = [
        f"即使考虑偶然因素，{what}不低于{share(_real(told, 'L'))}，高于{line(_real(told, 'line'))}",
        f"去掉{k}张{most_severe}仍为{b - k}/{n - k}，下限{share(_real(told, 'L_drop'))}",
    ]
    if "P" in told:
        expected = half_up(*_real(told, "E").as_integer_ratio(), 1)
        reasons.append(f"按评分人平时严格程度只应有{expected}张（机会{chance(_real(told, 'P'))}）")
    if finding.rule.endswith(".or_consecutive"):
        reasons.append(f"连续{_whole(told, 'periods')}季达到前一档")
    return reasons


def _deducted(standing: Standing, finding: Finding) -> str:
    whose = "" if standing.kind == "unit" else "本人"
    actions, left = _whole(finding.numbers, "A"), _whole(finding.numbers, "b_left")
    return f"但{whose}同期对{actions}家企业作出处罚；若全部扣除余{left}张，不足以定级"


def _history(standing: Standing, finding: Finding) -> str:
    times, periods = _whole(finding.numbers, "times"), _whole(finding.numbers, "periods")
    return (
        f"{standing.name}：近{periods}季内{times}次达到前一档，"
        f"按规则 {finding.rule} 提请核实；须核实属实、本人申辩、集体研究后，方可考虑{finding.name}。"
    )


def _plain(standing: Standing, finding: Finding) -> str:
    n, b, periods = (_whole(finding.numbers, key) for key in ("n", "b", "periods"))
    running = f"连续{periods}季" if periods > 1 else ""
    whose = "本单位人员共有有效评价" if standing.kind == "unit" else "有效评价"
    at = line(_real(finding.numbers, "line"))
    return f"{standing.name}：{whose}{n}份，差评{b}份（{percent(b, n)}%），{running}达到{at}"


def _commendation(standing: Standing, finding: Finding) -> str:
    n, a, b = (_whole(finding.numbers, key) for key in ("n", "a", "b"))
    poor = f"差评{b}张" if b else "无差评"
    return (
        f"{standing.name}：{n}家作出有效评价，非常满意{a}张（{percent(a, n)}%），"
        f"下限{share(_real(finding.numbers, 'L'))}，{poor} → 列入{finding.name}（须无逾期未整改事项）。"
    )


def chance(value: float) -> str:
    """Return a small chance as a percentage: 0.56%, or 小于0.01%."""
    return "小于0.01%" if value < LEAST_CHANCE else share(value)


def not_tested(n: int, min_n: int) -> str:
    """Say that an official was rated too rarely to be tested."""
    return f"有效评价{n}家，少于{min_n}家，本季不定级。"


def header(expected_false: float) -> str:
    """Say how many would be listed by luck alone."""
    people = half_up(*expected_false.as_integer_ratio(), 2)
    return f"若全体人员都处于全县平均水平，按偶然预计误列 {people} 人。"


PLAIN_HEADER = "本规则只比较原始差评率，不判断偶然因素，不计算预计误列人数。"


def robustness(margin: int, spares: int, *, vote: str) -> str:
    """Say how many ballots with the mark that counts a proposal can lose, and if spare cards matter."""
    lost = f"再少{margin}张{vote}票，结论仍成立" if margin else f"再少1张{vote}票，结论即不成立"
    if not spares:
        return f"{lost}。"
    outcome = "结论不变" if margin >= spares else "结论可能改变，须先核实"
    return f"{lost}；补发票卡{spares}张，即使全属重复投票，{outcome}。"


def compared(b: int, n: int, at: float, *, reached: bool) -> str:
    """Say how a raw rate compares with a line of a threshold policy."""
    rate = f"{percent(b, n)}%" if n else "无有效评价"
    return f"差评{b}/{n}（{rate}），{'达到' if reached else '未达到'}{line(at)}"


def gate(found: Gate, standing: Standing, *, rung: Rung, rules: Rules) -> str:
    """Say in one sentence what a gate compared and how it came out."""
    asked, told = gate_parts(found, standing, rung=rung, rules=rules)
    return f"{asked}：{told}：{'通过' if found.passed else '未通过'}"


def gate_parts(found: Gate, standing: Standing, *, rung: Rung, rules: Rules) -> tuple[str, str]:
    """Return what a gate asks, and the numbers and thresholds it compared."""
    asked, told = _GATES[found.key](found.numbers, standing, rung, rules).split("：", 1)
    return asked, told


def _enough(told: Numbers, standing: Standing, rung: Rung, rules: Rules) -> str:
    ladder = rules.unit if standing.kind == "unit" else rules.person
    breadth = (
        f"、涉及{told['officials']}人（至少{ladder.min_officials}人）" if standing.kind == "unit" else ""
    )
    counted = f"有效{told['n']}张（至少{ladder.min_n}张）、差评{told['b']}张（至少{rung.min_poor}张）"
    return f"依据够不够：{counted}{breadth}"


def _luck(told: Numbers, _standing: Standing, rung: Rung, _rules: Rules) -> str:
    low, conf = share(_real(told, "L")), line(rung.conf)
    return f"是不是偶然：{conf}把握下限{low}，须高于{line(rung.line)}"


def _drop(told: Numbers, _standing: Standing, rung: Rung, _rules: Rules) -> str:
    low, conf = share(_real(told, "L_drop")), line(rung.drop_conf)
    return f"去掉{told['k']}张最严的票：{conf}把握下限{low}，须仍高于{line(rung.line)}"


def _severity(told: Numbers, _standing: Standing, _rung: Rung, rules: Rules) -> str:
    expected = half_up(*_real(told, "E").as_integer_ratio(), 1)
    limit = line(rules.evidence.alpha) if rules.evidence else ""
    return f"评分人是否本来就严：按平时只应有{expected}张，机会{chance(_real(told, 'P'))}，须不超过{limit}"


def _many(_told: Numbers, standing: Standing, _rung: Rung, rules: Rules) -> str:
    return f"多重比较：q值{share(standing.q or 0)}，须不超过{line(rules.multiplicity.gate_q)}"


def _enforcement(told: Numbers, standing: Standing, rung: Rung, _rules: Rules) -> str:
    whose = "所属人员" if standing.kind == "unit" else "本人"
    if not told["A"] or told["n_left"] == standing.n:
        return f"执法保护：{whose}同期处罚企业{told['A']}家，没有可扣除的差评"
    left, low = f"{told['b_left']}/{told['n_left']}", share(_real(told, "L_left"))
    bounds = f"下限{low}，须高于{line(rung.line)}且差评不少于{rung.min_poor}张"
    return f"执法保护：{whose}同期处罚企业{told['A']}家，全部扣除后为{left}，{bounds}"


_GATES = {"G1": _enough, "G2": _luck, "G3": _drop, "G4": _severity, "q": _many, "G5": _enforcement}


def _whole(told: Numbers, key: str) -> int:
    return int(told[key] or 0)


def _real(told: Numbers, key: str) -> float:
    return float(told[key] or 0)
