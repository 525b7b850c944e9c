"""Two openers that share no code reach one digest; the box must be the board that inspectors sign."""

import json
import random
from pathlib import Path

import pytest

from survey.box import boards, opening, seal, second, store, table
from survey.box.manifest import canonical
from survey.errors import Refused
from tests.box.polls import Poll, a_poll, private_key, shares_of
from tests.box.test_opening import a_closed_box
from tests.box.twin import ask_one


def scalar(position: int) -> bytes:
    return private_key(position).private_numbers().private_value.to_bytes(32)


def a_full_box(folder: Path, ballots: int = 12, **settings: int) -> Poll:
    """Return a closed poll with random ballots, some blank."""
    poll = a_poll(folder, cards=ballots, **settings)
    dice = random.Random(7)
    with poll.writer() as writer:
        for code in poll.codes:
            marked = dice.sample(poll.manifest.lines, dice.randrange(len(poll.manifest.lines)))
            sealed = seal.seal_ballot(poll.manifest, code, {line: dice.choice("ABC") for line in marked})
            writer.put("ballot", sealed.key, sealed.body)
    store.close_gate(poll.folder)
    return poll


def second_sets(package: bytes, *positions: int) -> list[dict[str, object]]:
    return [
        {"position": position, "shares": second.shares(package, scalar(position), position)}
        for position in positions
    ]


@pytest.mark.parametrize(("threshold", "inspectors"), [(2, 3), (3, 5)])
def test_two_openers_reach_the_same_digest(tmp_path, threshold: int, inspectors: int):
    package = opening.package(a_full_box(tmp_path, threshold=threshold, inspectors=inspectors).folder)
    places = range(1, threshold + 1)
    first = opening.combine(package, [shares_of(package, place) for place in places])
    others = range(inspectors, inspectors - threshold, -1)
    assert second.table(package, second_sets(package, *others)) == first.table.raw
    assert first.record["table_sha256"] == first.table.sha256


def test_the_order_of_envelopes_does_not_change_the_digest(tmp_path):
    package = opening.package(a_full_box(tmp_path).folder)
    content = json.loads(package)
    random.Random(3).shuffle(content["ballots"])
    assert second.table(canonical(content), second_sets(package, 1, 2)) == second.table(
        package, second_sets(package, 2, 3)
    )


def test_both_openers_decrypt_the_same_shares_and_void_the_same_envelopes(tmp_path):
    poll = a_closed_box(tmp_path)
    content = json.loads(opening.package(poll.folder))
    content["ballots"] += content["ballots"][:1]
    package = canonical(content)
    ours = [shares_of(package, place) for place in (1, 2)]
    assert [each["shares"] for each in ours] == [each["shares"] for each in second_sets(package, 1, 2)]
    victim = min(ours[0]["shares"])
    ours[0]["shares"][victim] = ""
    found = opening.combine(package, ours)
    assert second.table(package, ours) == found.table.raw
    assert b"void=" in found.table.raw


def test_one_altered_rating_changes_the_digest_and_names_the_line(tmp_path):
    package = opening.package(a_full_box(tmp_path).folder)
    honest = second.table(package, second_sets(package, 1, 2))
    rows = honest.decode().splitlines()
    place = next(at for at, row in enumerate(rows) if row.startswith("P004"))
    cells = rows[place].split("\t")
    cells[1], cells[3] = str(int(cells[1]) + 1), str(int(cells[3]) - 1)
    altered = ("\n".join([*rows[:place], "\t".join(cells), *rows[place + 1 :]]) + "\n").encode()
    assert boards.digest(altered) != boards.digest(honest)
    with pytest.raises(Refused, match="「P004」") as refusal:
        table.refuse_difference(honest, altered)
    assert refusal.value.code == "opening.openers_differ"


def test_an_inspector_signs_only_the_board_of_the_own_package(tmp_path):
    package = opening.package(a_closed_box(tmp_path).folder)
    ours = shares_of(package, 2)
    board = json.loads(package)["board"].encode()
    manifest = opening.Package.from_bytes(package).manifest
    assert boards.signed_by("sealed", manifest, {"2": ours["board"]["signature"]}, board=board) == [2]
    assert boards.signed_by("table", manifest, {"2": ours["board"]["signature"]}, board=board) == []
    assert boards.signed_by("sealed", manifest, {"1": ours["board"]["signature"]}, board=board) == []
    content = json.loads(package)
    lines = content["board"].splitlines()
    content["board"] = "\n".join(line for line in lines if line != lines[3]) + "\n"
    with pytest.raises(Refused, match=lines[3].split()[1][:16]):
        shares_of(canonical(content), 2)
    theirs = ask_one("openShares", pack=canonical(content).decode(), key=scalar(2).hex(), position=2)
    assert theirs["code"] == "opening.other_board"


def test_the_browser_signs_the_same_board_and_opens_the_same_shares(tmp_path):
    package = opening.package(a_closed_box(tmp_path).folder)
    theirs = ask_one("openShares", pack=package.decode(), key=scalar(1).hex(), position=1)
    ours = shares_of(package, 1)
    signed, own = theirs.pop("board"), ours.pop("board")
    assert theirs == ours
    assert signed["sha256"] == own["sha256"]
    manifest = opening.Package.from_bytes(package).manifest
    board = json.loads(package)["board"].encode()
    assert boards.signed_by("sealed", manifest, {"1": signed["signature"]}, board=board) == [1]
