"""Counts of many counties' polls, one row a line of the sheet, and how they may be rolled up."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel


class LineKind(StrEnum):
    """What a line of the sheet asks about."""

    OVERALL = "overall"
    UNIT = "unit"
    PERSON = "person"


class Level(StrEnum):
    """Whose counts are added up; places follow from the county's code (GB/T 2260: 130324, 1303, 13)."""

    UNIT = "unit"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


class Period(StrEnum):
    """Over which time counts are added up; a year is its pooled counts, never a mean of rates."""

    QUARTER = "quarter"
    YEAR = "year"


class LineCount(SQLModel, table=True):
    """What was counted on one line in one poll; `unit` is empty for the overall question."""

    __tablename__ = "line_count"
    __table_args__ = (
        CheckConstraint("a >= 0 AND g >= 0 AND b >= 0 AND blank >= 0", name="counts"),
        CheckConstraint("length(county) = 6 AND length(quarter) = 6", name="place_and_time"),
    )
    county: str = Field(primary_key=True)
    quarter: str = Field(primary_key=True)
    line: str = Field(primary_key=True)
    kind: LineKind
    unit: str = ""
    a: int
    g: int
    b: int
    blank: int
