"""A key printed as words comes back from paper; a wrong word, another poll or another person is named."""

import random
import re
from itertools import chain, combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey import cli
from survey.box import keys, opening, words
from survey.errors import Invalid
from tests.box.polls import HOLDERS, PASSPHRASE, private_key, shares_of
from tests.box.test_opening import a_closed_box

POLL = "2023Q1-v1"


def restored(text: str, position: int = 1, poll: str = POLL) -> keys.KeyFile:
    public = keys.public_point(private_key(position))
    return words.restore(
        text, PASSPHRASE, poll=poll, position=position, holder=HOLDERS[position - 1], public_key=public
    )


def test_the_words_of_a_key_bring_back_the_same_key():
    text = words.backup(private_key(1))
    assert re.fullmatch(r"(\w{6}\n){3}\w{6}", text)
    file = restored(" ".join(text))
    key = keys.unlock(file, PASSPHRASE, poll=POLL)
    assert key.private_numbers() == private_key(1).private_numbers()


def test_one_wrong_word_is_caught():
    text = "".join(words.backup(private_key(1)).split())
    book = words.Mnemonic(words.LANGUAGE).wordlist
    dice, caught, tried = random.Random(5), 0, 400
    for _ in range(tried):
        place = dice.randrange(words.WORDS)
        other = dice.choice([word for word in book if word != text[place]])
        with pytest.raises(Invalid) as refusal:
            restored(text[:place] + other + text[place + 1 :])
        caught += refusal.value.code == "key.wrong_words"
    # One word in 256 passes the checksum; then the registered public key still tells.
    assert caught >= tried * 0.97


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        (lambda text: text[:-1], "key.word_count", "现有23个"),
        (lambda text: text[:4] + "Q" + text[5:], "key.unknown_word", "第5个字「Q」"),
        (lambda text: "".join(words.backup(private_key(2)).split()), "key.other_words", HOLDERS[0]),
    ],
)
def test_what_is_wrong_with_a_backup_is_said(change, code: str, named: str):
    with pytest.raises(Invalid, match=named) as refusal:
        restored(change("".join(words.backup(private_key(1)).split())))
    assert refusal.value.code == code


def test_all_32_subsets_of_three_of_five_keys_from_paper_behave(tmp_path):
    package = opening.package(a_closed_box(tmp_path, threshold=3, inspectors=5).folder)
    sets = []
    for position in range(1, 6):
        key = words.private_key(words.backup(private_key(position)))
        sets.append(opening.shares_with(package, key, position))
        assert sets[-1]["shares"] == shares_of(package, position)["shares"]
    opened = refused = 0
    for chosen in chain.from_iterable(combinations(sets, size) for size in range(6)):
        if len(chosen) >= 3:
            opened += len(opening.combine(package, chosen).ballots) == 2
            continue
        with pytest.raises(opening.Refused, match="开箱需要3位"):
            opening.combine(package, chosen)
        refused += 1
    assert (opened, refused) == (16, 16)


def test_inspectors_count_offline_with_the_second_opener_and_restore_a_lost_file(tmp_path: Path):
    poll = a_closed_box(tmp_path)
    package = opening.package(poll.folder)
    (tmp_path / "package.json").write_bytes(package)
    papers = {position: words.backup(private_key(position)) for position in (1, 3)}
    chosen = ["box", "count", str(tmp_path / "package.json")]
    for position, paper in papers.items():
        path = tmp_path / f"key-{position}.json"
        restore = ["key", "restore", POLL, str(position), HOLDERS[position - 1]]
        public = keys.public_point(private_key(position))
        done = CliRunner().invoke(
            cli.cli, [*restore, public, str(path), "--words", paper, "--password", PASSPHRASE]
        )
        assert done.exit_code == 0, done.output
        shown = CliRunner().invoke(cli.cli, ["key", "backup", str(path)], input=f"{PASSPHRASE}\n")
        assert paper in shown.output
        chosen += ["--key", str(path)]
    counted = CliRunner().invoke(cli.cli, chosen, input=f"{PASSPHRASE}\n" * 2)
    first = opening.combine(package, [shares_of(package, position) for position in (1, 2)])
    assert counted.output.splitlines()[-1].endswith(first.table.sha256)
