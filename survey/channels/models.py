"""Figures of other channels, window staff's months, the star, spot checks, the menu, the yearly scheme."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class Channel(StrEnum):
    """Where a figure comes from; two channels never stand in one rate."""

    WINDOW = "好差评"
    CALLS = "12345"
    VISIT = "回访"
    THIRD_PARTY = "第三方"
    OTHER = "其他"


class Indicator(StrEnum):
    """What a figure measures; `parts` says what its numerator and denominator must be."""

    GOOD = "好评率"
    COVERAGE = "参评率"
    SATISFIED = "满意率"
    SOLVED = "解决率"
    ON_TIME = "按期办结率"
    SHORTENED = "时限压缩率"

    @property
    def parts(self) -> tuple[str, str]:
        """Return the meaning of numerator and denominator."""
        return MEANINGS[self]


MEANINGS = {
    Indicator.GOOD: ("好评件数", "评价件数"),
    Indicator.COVERAGE: ("评价件数", "办件总数"),
    Indicator.SATISFIED: ("满意件数", "回访件数"),
    Indicator.SOLVED: ("解决件数", "回访件数"),
    Indicator.ON_TIME: ("按期办结件数", "应办结件数"),
    Indicator.SHORTENED: ("压缩工作日", "法定工作日"),
}


class Figure(SQLModel, table=True):
    """One figure: numerator and denominator, or a bare percentage (未提供分母) that is never pooled."""

    __table_args__ = (
        UniqueConstraint("channel", "subject", "period", "indicator", name="uq_figure_place"),
        CheckConstraint("(num IS NULL) = (den IS NULL)", name="pair"),
        CheckConstraint("num IS NULL OR (num >= 0 AND den > 0 AND num <= den)", name="range"),
        CheckConstraint("num IS NOT NULL OR bare <> ''", name="something"),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: Channel
    subject: str
    period: str = Field(index=True)
    indicator: Indicator
    num: int | None = None
    den: int | None = None
    bare: str = ""
    split: str = ""


class Workload(SQLModel, table=True):
    """One month of one person at a window."""

    __table_args__ = (
        UniqueConstraint("month", "badge", name="uq_workload_month_badge"),
        CheckConstraint("on_time <= volume AND rated <= volume AND good <= rated", name="range"),
    )
    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(index=True)
    badge: str
    name: str
    unit_id: int = Field(foreign_key="unit.id")
    volume: int
    on_time: int
    rated: int
    good: int


class Star(SQLModel, table=True):
    """金牌审批师: at most one a month, named with the own consent."""

    __table_args__ = (CheckConstraint("consent", name="consent"),)
    month: str = Field(primary_key=True)
    badge: str
    name: str
    unit_id: int = Field(foreign_key="unit.id")
    ground: str
    consent: bool
    decided_by: int = Field(foreign_key="account.id")
    decided_on: dt.date


class Level(StrEnum):
    """三级督导: who checks."""

    OFFICE = "我来办抽查"
    LEADER = "县领导督导"
    INSPECTOR = "纪委监委督查"


class SpotCheck(SQLModel, table=True):
    """One draw of closed items; the seed and the list it was drawn from repeat it exactly."""

    __tablename__ = "spot_check"
    __table_args__ = (CheckConstraint("seed <> ''", name="seed"),)
    id: int | None = Field(default=None, primary_key=True)
    level: Level
    on: dt.date
    seed: str
    population: list[int] = Field(sa_column=Column(JSON, nullable=False))
    account_id: int = Field(foreign_key="account.id")


class SpotItem(SQLModel, table=True):
    """One drawn item and what the check on the spot found."""

    __tablename__ = "spot_item"
    __table_args__ = (CheckConstraint("passed IS NULL OR note <> ''", name="note"),)
    check_id: int = Field(foreign_key="spot_check.id", primary_key=True)
    task_id: int = Field(foreign_key="task.id", primary_key=True)
    passed: bool | None = None
    note: str = Field(default="", sa_type=Text)


class Offering(SQLModel, table=True):
    """菜单驿站: one service that firms may order; unit, contact and phone are compulsory."""

    __table_args__ = (CheckConstraint("name <> '' AND contact <> '' AND phone <> ''", name="complete"),)
    code: str = Field(primary_key=True)
    name: str
    unit_id: int = Field(foreign_key="unit.id")
    contact: str
    phone: str
    active: bool = True


class Mark(StrEnum):
    """The three answers of the poll; a served order takes one of them."""

    GOOD = "非常满意"
    FAIR = "服务一般"
    POOR = "服务较差"


class Order(SQLModel, table=True):
    """One order of a service; it takes one rating, and names no firm."""

    __tablename__ = "menu_order"
    __table_args__ = (CheckConstraint("mark IS NULL OR served_on IS NOT NULL", name="served_first"),)
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(foreign_key="offering.code", index=True)
    ordered_on: dt.date
    served_on: dt.date | None = None
    mark: Mark | None = None


class Scheme(SQLModel, table=True):
    """企业考核办法: the weights of a year's assessment of units; the enterprises' weight is the largest."""

    year: int = Field(primary_key=True)
    weights: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    decided_by: int = Field(foreign_key="account.id")
    decided_on: dt.date
