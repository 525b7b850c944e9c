"""Settings: known keys only, variables win over the file, production refuses a weak secret."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from survey.config import Config, load
from survey.errors import Refused

STRONG = "pV3-kQ9zTf7LmXw2RbYc8HsJdE5uNaG1oK4iZt6"
EXAMPLE = Path(__file__).parent.parent.parent / "instance" / "config.example.toml"


def test_a_variable_wins_over_the_file(tmp_path: Path):
    (tmp_path / "config.toml").write_text(f'secret_key = "{STRONG}"\ncounty = "甲县"\n', encoding="utf-8")
    assert load(tmp_path, {}).county == "甲县"
    assert load(tmp_path, {"SURVEY_COUNTY": "乙县", "SURVEY_HALL_PORT": "9000"}).county == "乙县"
    assert load(tmp_path, {"SURVEY_HALL_PORT": "9000"}).hall_port == 9000


@pytest.mark.parametrize("secret", ["", "change-me", "secret", "a" * 64, "short-but-random-9fK2"])
def test_a_weak_or_default_secret_stops_a_production_start(tmp_path: Path, secret: str):
    with pytest.raises(Refused, match="密钥"):
        load(tmp_path, {"SURVEY_SECRET_KEY": secret})


def test_the_demonstration_starts_without_a_strong_secret(tmp_path: Path):
    assert load(tmp_path, {"SURVEY_MODE": "demo"}).mode == "demo"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('sekret_key = "x"', "config.unknown"),
        ("hall_port = 'eighty'", "config.type"),
        ("county = 3", "config.type"),
        ("county = ", "config.unreadable"),
        ('mode = "fast"', "config.mode"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path: Path, text: str, code: str):
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        load(tmp_path, {"SURVEY_SECRET_KEY": STRONG})
    assert refusal.value.code == code


def test_the_example_names_every_setting_and_its_default():
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    settings = {field.name: field.default for field in fields(Config) if field.name != "instance"}
    assert example == settings
