"""Alembic's environment: the metadata of every stage, batch mode on SQLite."""

from alembic import context
from sqlmodel import SQLModel

from survey import desk_models
from survey.db import open_engine

assert desk_models.TABLES  # noqa: S101  # the import fills the metadata

engine = open_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
