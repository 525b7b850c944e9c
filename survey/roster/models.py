"""Units, officials with their history of posts, enterprises."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, SQLModel


class Series(StrEnum):
    """单位类别: units are compared only within their series."""

    APPROVAL = "审批服务"
    ENFORCEMENT = "执法监管"
    PUBLIC = "公共服务"
    TOWN = "镇街"


class Kind(StrEnum):
    """Whether an official leads the unit."""

    LEADER = "leader"
    STAFF = "staff"


class Tag(StrEnum):
    """企业类别: overlapping tags; an enterprise holds one seat however many it carries."""

    ABOVE_SCALE = "四上"
    KEY_PROJECT = "省市重点项目"
    NEAR_SCALE = "准规上"
    OTHER = "其他"


class Unit(SQLModel, table=True):
    """A department or township; `code` is its permanent id in slates and recount files."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str = Field(unique=True)
    series: Series
    position: int = 0


class Official(SQLModel, table=True):
    """A person who is rated; `badge` (工号) stays the same through every post."""

    id: int | None = Field(default=None, primary_key=True)
    badge: str = Field(unique=True)
    name: str


class Tenure(SQLModel, table=True):
    """One post of one official in one unit, from `since` until the day before `until` (None: still held)."""

    __table_args__ = (CheckConstraint("post <> '' AND duties <> ''", name="post_and_duties"),)
    id: int | None = Field(default=None, primary_key=True)
    official_id: int = Field(foreign_key="official.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    post: str
    duties: str
    kind: Kind
    position: int = 0
    since: dt.date
    until: dt.date | None = None

    def held_on(self, day: dt.date) -> bool:
        """Tell whether the post was held on `day`."""
        return self.since <= day and (self.until is None or day < self.until)


class Enterprise(SQLModel, table=True):
    """A firm that rates; `uscc` is its 统一社会信用代码."""

    id: int | None = Field(default=None, primary_key=True)
    uscc: str = Field(unique=True)
    name: str
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    contact: str
    phone: str
    active: bool = True
