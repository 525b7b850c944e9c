"""An inspector's key on paper: the desk's page shows the words that the command line restores from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import SQLModel

from survey.app import create_desk
from survey.box import keys, words
from survey.db import unit_of_work
from tests.browser.inside import ORIGIN, answer_from, faults
from tests.browser.test_access import signed_in
from tests.desk.poll_rooms import PASSPHRASE, County, key_file

pytestmark = pytest.mark.browser


def test_the_words_on_paper_restore_the_very_key(chromium: Browser, config, tmp_path: Path, artefacts: Path):
    app = create_desk(replace(config, desk_database="sqlite://"))
    engine = app.extensions["desk_engine"]
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        county = County(session, config)
        county.registered(county.draft())
        inspector = county.inspectors[0]
    saved = tmp_path / "key.json"
    saved.write_text(json.dumps(key_file("2023Q1-v1", 1), ensure_ascii=False), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1000, "height": 900}, locale="zh-CN")
    asked: list[str] = []
    answer_from(page, signed_in(app, inspector))
    page.goto(f"{ORIGIN}/poll/1/keys")
    page.get_by_role("link", name="密钥纸质备份").click()
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#file").set_input_files(saved)
    page.locator("#passphrase").fill("不是这个口令，错的")
    page.get_by_role("button", name="显示24个字").click()
    expect(page.get_by_text("口令不对，密钥没有打开")).to_be_visible(timeout=30_000)
    page.locator("#passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="显示24个字").click()
    expect(page.locator("[data-sheet-words] li")).to_have_count(24, timeout=30_000)
    assert faults(page) == []
    page.screenshot(path=artefacts / "desk-backup.png", full_page=True)
    text = "".join(page.locator("[data-sheet-words] li").all_inner_texts())
    assert keys.public_point(words.private_key(text)) == key_file("2023Q1-v1", 1)["public_key"]
    assert [url for url in asked if "/static/" not in url] == [], "no key leaves the browser"
    page.locator("#file").set_input_files({"name": "x.json", "mimeType": "text/plain", "buffer": b"no key"})
    page.get_by_role("button", name="显示24个字").click()
    expect(page.get_by_text("这不是监督密钥文件")).to_be_visible()
    page.close()
    engine.dispose()
