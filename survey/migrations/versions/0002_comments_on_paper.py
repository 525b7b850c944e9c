"""Comments on paper ballots: written down by one person, checked by another."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "paper_remark",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("layout", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("line", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> written_by", name=op.f("ck_paper_remark_two_people")
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_paper_remark_checked_by_account")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_paper_remark_poll_id_poll")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_paper_remark_written_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_remark")),
    )
    with op.batch_alter_table("paper_remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_remark_poll_id"), ["poll_id"], unique=False)


def downgrade() -> None:
    """Undo the step."""
    with op.batch_alter_table("paper_remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_remark_poll_id"))
    op.drop_table("paper_remark")
