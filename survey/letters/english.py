"""The English summary of the letter to the enterprises: figures and promises, no name of a person or firm."""

from collections.abc import Sequence

from survey.letters.facts import Cannot, Done, MeasureCount, Pending, Rate, Theme

RATES = {
    "非差评率": "rate without poor marks",
    "非常满意率": "rate of very satisfied marks",
    "总体满意率（按企业）": "overall satisfaction (by enterprise)",
    "差评率": "rate of poor marks",
}
THEMES = {
    "办事难": "hard to get things done",
    "办事慢": "slow handling",
    "手续繁": "cumbersome procedures",
    "服务态度": "attitude",
    "不作为": "inaction",
    "检查多": "too many inspections",
    "多头检查": "overlapping inspections",
    "涉企收费": "charges",
    "政策不落实": "policies not carried out",
    "好评建议": "praise and suggestions",
    "其他": "other matters",
}


def turnout(invited: int, attended: int, valid: int) -> str:
    """Return who came and how many ballots counted."""
    return (
        f"Of {invited} enterprises invited, {attended} attended and {valid} valid ballots were returned. "
        "The ballot is secret: nobody can tell who marked what, and nobody may ask."
    )


def rates(found: Sequence[Rate]) -> str:
    """Return the rates with what they are made of."""
    told = (
        f"{RATES.get(rate.name, rate.name)} {rate.percent}% ({rate.numerator}/{rate.denominator})"
        for rate in found
    )
    return f"Results: {'; '.join(told)}."


def themes(found: Sequence[Theme]) -> str:
    """Return what was said, by theme."""
    if not found:
        return "No written remarks were received."
    told = (f"{THEMES.get(theme.name, theme.name)} ({theme.count})" for theme in found)
    return f"Remarks received: {sum(theme.count for theme in found)}, namely {'; '.join(told)}."


def matters(
    done: Sequence[Done], pending: Sequence[Pending], cannot: Sequence[Cannot], taken: Sequence[MeasureCount]
) -> str:
    """Return how far the matters have come and how many measures were taken."""
    late = sum(1 for item in pending if item.days_late)
    overdue = f" ({late} of them overdue)" if late else ""
    return (
        f"Matters settled: {len(done)}; in progress: {len(pending)}{overdue}; "
        f"declined with their legal ground: {len(cannot)}. "
        f"Measures taken towards units and officials: {sum(item.count for item in taken)}."
    )


def contact(hotline: str, discipline: str) -> str:
    """Return where to ask and where to complain."""
    return (
        f"To ask about any matter, call {hotline}. To report retaliation or interference, call {discipline}. "
        "Scan the code in the letter to check that it is genuine. The Chinese text prevails."
    )
