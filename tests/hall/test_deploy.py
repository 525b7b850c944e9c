"""Nothing in front of the hall keeps a log; TLS is the rule, and its fingerprint is printed."""

import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from dataclasses import fields, replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from survey import certificates, deploy
from survey.config import Config, load
from survey.demo.run import free_port
from survey.errors import Refused

STRONG = "pV3-kQ9zTf7LmXw2RbYc8HsJdE5uNaG1oK4iZt6"


@pytest.fixture
def county(config: Config) -> Config:
    return replace(config, mode="production", secret_key=STRONG, hall_origin="https://hall.example.cn")


def lines(server: str, config: Config) -> list[str]:
    text = deploy.settings(server, config)
    assert "$" not in re.sub(r"\$host;", "", text)
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def test_nginx_logs_nobody_and_hands_no_address_on(county):
    told = lines("nginx", county)
    assert [line for line in told if line.startswith("access_log")] == ["access_log off;"] * 3
    assert [line for line in told if line.startswith("error_log")] == ["error_log /dev/null emerg;"] * 3
    assert not [line for line in told if "log_format" in line or "$remote_addr" in line]
    for header in ("X-Forwarded-For", "X-Real-IP", "User-Agent", "Cookie", "Referer"):
        assert f'proxy_set_header {header} "";' in told
    assert "proxy_max_temp_file_size 0;" in told
    assert "client_body_in_file_only off;" in told
    assert "ssl_session_tickets off;" in told


def test_nginx_keeps_a_whole_sealed_body_in_memory(county):
    size = next(line for line in lines("nginx", county) if line.startswith("client_body_buffer_size"))
    assert int(re.findall(r"\d+", size)[0]) * 1024 > 16 * 1024


def test_caddy_logs_nobody_and_hands_no_address_on(county):
    told = lines("caddy", county)
    assert told.count("output discard") == 1
    assert [line for line in told if line.split()[0] == "log"] == ["log default {"]
    for header in ("X-Forwarded-For", "X-Real-IP", "User-Agent", "Cookie", "Referer"):
        assert f"header_up -{header}" in told


def test_systemd_throws_away_what_the_hall_says_and_its_core(county):
    told = lines("systemd", county)
    assert {"StandardOutput=null", "StandardError=null", "LimitCORE=0", "MemorySwapMax=0"} <= set(told)


@pytest.mark.parametrize("server", ["nginx"])
def test_the_servers_themselves_find_no_fault_in_them(county, tmp_path, server: str):
    if not shutil.which(server):
        pytest.skip(f"{server} is not installed")
    for door in ("hall", "desk"):
        certificates.of(county, door)
    path = tmp_path / "whole.conf"
    path.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{deploy.settings(server, county)}\n}}\n")
    done = subprocess.run([server, "-t", "-c", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_certificate_is_made_once_and_only_its_owner_reads_the_key(county):
    first, again = certificates.of(county, "hall"), certificates.of(county, "hall")
    assert first == again
    assert len(first.fingerprint.replace(" ", "")) == 64
    assert first.key.stat().st_mode & 0o077 == 0
    assert certificates.of(county, "desk").fingerprint != first.fingerprint


def test_a_damaged_certificate_is_refused_with_a_sentence(county):
    certificates.of(county, "hall").certificate.write_text("not a certificate")
    with pytest.raises(Refused) as refusal:
        certificates.of(county, "hall")
    assert refusal.value.code == "tls.unreadable"


@pytest.mark.parametrize(
    ("mode", "setting", "encrypted"),
    [
        ("production", "auto", True),
        ("production", "on", True),
        ("production", "off", False),
        ("demo", "auto", False),
        ("demo", "on", True),
    ],
)
def test_tls_is_the_rule_and_plain_http_an_explicit_choice(county, mode: str, setting: str, encrypted: bool):
    config = replace(county, mode=mode, hall_tls=setting)
    assert config.encrypted("hall") is encrypted
    assert config.scheme("hall") == ("https" if encrypted else "http")


def test_an_unknown_choice_of_tls_stops_the_start(tmp_path: Path):
    with pytest.raises(Refused) as refusal:
        load(tmp_path, {"SURVEY_MODE": "demo", "SURVEY_HALL_TLS": "maybe"})
    assert refusal.value.code == "config.tls"


def test_the_hall_over_tls_shows_the_printed_certificate(county, tmp_path):
    port = free_port()
    config = replace(county, hall_port=port, hall_origin=f"https://127.0.0.1:{port}")
    settings = {f"SURVEY_{one.name.upper()}": str(getattr(config, one.name)) for one in fields(config)}
    settings.pop("SURVEY_INSTANCE")
    command = [sys.executable, "-m", "survey", "--instance", str(config.instance), "serve", "hall"]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=said)
    try:
        answer = fetch(config, f"https://127.0.0.1:{port}/healthz")
    finally:
        process.terminate()
        process.wait(20)
    assert answer == b"ok"
    assert certificates.of(config, "hall").fingerprint in (tmp_path / "said").read_text()


def fetch(config: Config, address: str) -> bytes:
    for _ in range(600):
        try:
            trust = ssl.create_default_context(cafile=str(config.tls / "hall.crt"))
            with urlopen(address, timeout=2, context=trust) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the hall does not answer")
