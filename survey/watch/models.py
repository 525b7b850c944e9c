"""The register of inspections of firms, and the alerts that an inspector has dealt with."""

import datetime as dt

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class Inspection(SQLModel, table=True):
    """入企检查公示备案: one visit of a unit to a firm; without a filing number it is an alert."""

    __table_args__ = (
        UniqueConstraint("unit_id", "firm", "on", "basis", name="uq_inspection_unit_firm_on_basis"),
        CheckConstraint("firm <> '' AND basis <> ''", name="firm_and_basis"),
    )
    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    firm: str
    enterprise_id: int | None = Field(default=None, foreign_key="enterprise.id", index=True)
    on: dt.date = Field(index=True)
    basis: str
    filing_number: str = ""
    outcome: str = ""


class Handled(SQLModel, table=True):
    """An alert that an inspector has looked into, and what came of it."""

    __table_args__ = (CheckConstraint("note <> ''", name="note"),)
    alert: str = Field(primary_key=True)
    note: str
    on: dt.date
    account_id: int = Field(foreign_key="account.id")
