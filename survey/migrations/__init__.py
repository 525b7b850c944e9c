"""Alembic steps of the desk database, SQLite or PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig


def migrate(url: str, revision: str = "head") -> None:
    """Bring the desk database at `url` to `revision`; safe to repeat."""
    if revision == "base":
        command.downgrade(_settings(url), revision)
    else:
        command.upgrade(_settings(url), revision)


def _settings(url: str) -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["url"] = url
    return settings
