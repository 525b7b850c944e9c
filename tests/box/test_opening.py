"""A closed box opens with M of N inspectors, names who stands in the way and tells what it could not open."""

import hashlib
import json
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import pytest

from survey.box import opening, packing, proof, seal, store
from survey.box.manifest import PREFIX, canonical
from survey.box.seal import Remark
from survey.errors import Invalid, Refused
from tests.box.polls import RULES, Poll, a_poll, a_slate, sealed_as, shares_of

MARKS: list[dict[str, str]] = [{"overall": "A", "U1": "C", "P003": "B"}, {"P008": "C"}, {}]
BALLOTS = [
    {"overall": "A", "units": {"U1": "C"}, "persons": {"P003": "B"}},
    {"overall": None, "units": {}, "persons": {"P008": "C"}},
]


def a_closed_box(folder: Path, **settings: Any) -> Poll:
    """Return a closed poll of four cards with three ballots, one of them blank, and two remarks."""
    poll = a_poll(folder, **settings)
    with poll.writer() as writer:
        for code, marks in zip(poll.codes, MARKS, strict=False):
            ballot = seal.seal_ballot(poll.manifest, code, marks)
            text = seal.seal_text(poll.manifest, code, [Remark("U2", f"{len(marks)}项问题")][: len(marks)])
            writer.put("ballot", ballot.key, ballot.body)
            writer.put("text", text.key, text.body)
    store.close_gate(poll.folder)
    return poll


def opened_by(package: bytes, *positions: int) -> opening.Opened:
    return opening.combine(package, [shares_of(package, position) for position in positions])


def refused(package: bytes, *share_sets: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as refusal:
        opening.combine(package, share_sets)
    return refusal.value


def test_what_voters_sealed_comes_out_of_the_opened_box(tmp_path):
    poll = a_closed_box(tmp_path)
    opened = opened_by(opening.package(poll.folder), 1, 3)
    assert opened.ballots == sorted(BALLOTS, key=canonical)
    assert opened.remarks == [{"line": "U2", "text": "1项问题"}, {"line": "U2", "text": "3项问题"}]
    assert opened.void == []
    record = opened.record
    assert [each["position"] for each in record["openers"]] == [1, 3]
    assert {name: record["ballots"][name] for name in ("sealed", "opened", "blank", "void")} == {
        "sealed": 3, "opened": 3, "blank": 1, "void": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("threshold", "inspectors"), [(2, 3), (3, 5), (1, 1), (3, 3)])
def test_every_subset_of_at_least_m_inspectors_opens_and_every_smaller_one_fails(
    tmp_path, threshold: int, inspectors: int
):
    poll = a_closed_box(tmp_path, threshold=threshold, inspectors=inspectors)
    package = opening.package(poll.folder)
    sets = {position: shares_of(package, position) for position in range(1, inspectors + 1)}
    for chosen in chain.from_iterable(combinations(sets, size) for size in range(inspectors + 1)):
        given = [sets[position] for position in chosen]
        if len(chosen) < threshold:
            assert refused(package, *given).code == "opening.too_few"
        else:
            assert opening.combine(package, given).ballots == sorted(BALLOTS, key=canonical)


def test_all_openers_reach_the_same_digests_and_the_order_of_sets_does_not_matter(tmp_path):
    package = opening.package(a_closed_box(tmp_path).folder)
    records = [opened_by(package, *chosen).record for chosen in ((1, 2), (2, 1), (3, 2), (1, 2, 3))]
    assert len({(record["ballots"]["sha256"], record["texts"]["sha256"]) for record in records}) == 1


def test_the_inspector_whose_set_is_wrong_is_named(tmp_path):
    package = opening.package(a_closed_box(tmp_path).folder)
    sets = [shares_of(package, position) for position in (1, 2, 3)]
    sets[1]["shares"] = dict.fromkeys(sets[1]["shares"], "00" * 32)
    alone = refused(package, *sets)
    assert alone.code == "opening.wrong_shares"
    assert "第2位监督人" in alone.sentence
    pair = refused(package, *sets[:2])
    assert pair.code == "opening.wrong_shares"
    assert "第1位" in pair.sentence
    assert "第2位" in pair.sentence


def test_sets_that_do_not_belong_to_the_box_are_refused_by_name(tmp_path):
    package = opening.package(a_closed_box(tmp_path).folder)
    other = opening.package(a_closed_box(tmp_path, poll="2023Q2-v1").folder)
    good, foreign = shares_of(package, 1), shares_of(other, 2)
    short = {**good, "shares": dict(list(good["shares"].items())[1:])}
    garbled = {**good, "shares": dict.fromkeys(good["shares"], "xyz")}
    cut = {**good, "shares": dict.fromkeys(good["shares"], "00")}
    assert refused(package, good, good).code == "opening.same_position"
    assert refused(package, good, foreign).code == "opening.other_poll"
    assert refused(package, short).code == "opening.missing_shares"
    assert refused(package, {**good, "shares": None}).code == "opening.missing_shares"
    for broken in (garbled, cut, {**good, "position": 9}, {**good, "position": "1"}, {}, []):
        assert refused(package, broken).code == "opening.bad_shares"
    assert opening.check_shares(package, good) == 1


@pytest.mark.parametrize("package", [b"", b"{}", b"[]", b'{"format":"qiping-package-1"}', b"[" * 5000])
def test_what_is_no_package_is_refused(package: bytes):
    assert refused(package).code == "opening.bad_package"


def test_bad_envelopes_are_void_with_their_digest_and_never_dropped(tmp_path):
    poll = a_poll(tmp_path, cards=12, slate=a_slate(3, 9))
    manifest = poll.manifest
    size = manifest.body_size("ballot")
    good = packing.pad(packing.pack(manifest.lines, {"overall": "A"}), size)
    honest = seal.close(manifest, good)
    bad = [
        seal.close(manifest, b"\xff" * size),
        seal.close(manifest, packing.pad(bytes(3), size)),
        seal.close(manifest, packing.pad(b"\0\0\0\xff", size)),
        seal.close(manifest, good[:-1] + b"\1"),
        honest[:-1] + bytes([honest[-1] ^ 1]),
        seal.close(manifest, good)[:65] + bytes(113 * 3) + honest[65 + 113 * 3 :],
        seal.close(manifest, good)[:33] + bytes(32) + honest[65:],
    ]
    remarks = packing.pad(b'[{"line":"nowhere","text":"x"}]', manifest.body_size("text"))
    requests = [("ballot", envelope) for envelope in bad] + [("text", seal.close(manifest, remarks))]
    with poll.writer() as writer:
        for code, (kind, envelope) in zip(poll.codes, requests, strict=False):
            sealed = sealed_as(poll, kind, code, envelope)
            assert writer.put(kind, sealed.key, sealed.body).fresh
        sealed = seal.seal_ballot(manifest, poll.codes[-1], {"overall": "C"})
        writer.put("ballot", sealed.key, sealed.body)
    store.close_gate(poll.folder)
    opened = opened_by(opening.package(poll.folder), 1, 2)
    assert opened.ballots == [{"overall": "C", "units": {}, "persons": {}}]
    assert sorted(opened.void) == sorted(seal.receipt(envelope) for _, envelope in requests)
    assert opened.record["ballots"]["void"] == len(bad)
    assert sorted(entry["reason"] for entry in opened.record["void"]) == [
        "body", "content", "content", "content", "content", "content", "shares", "shares",
    ]  # fmt: skip
    assert all(entry["text"] for entry in opened.record["void"])


def test_one_bad_share_box_costs_no_ballot_while_m_others_open(tmp_path):
    poll = a_closed_box(tmp_path)
    content = json.loads(opening.package(poll.folder))
    package = canonical(content)
    sets = [shares_of(package, position) for position in (1, 2, 3)]
    victim = next(iter(sets[0]["shares"]))
    sets[0]["shares"][victim] = ""
    sets[1]["shares"][next(iter(set(sets[1]["shares"]) - {victim}))] = "ab" * 32
    opened = opening.combine(package, sets)
    assert opened.ballots == sorted(BALLOTS, key=canonical)
    assert sum(opened.record["odd_shares"].values()) <= 1


def test_an_envelope_that_was_copied_into_the_file_counts_once(tmp_path):
    package = opening.package(a_closed_box(tmp_path).folder)
    content = json.loads(package)
    content["ballots"] += content["ballots"]
    doubled = canonical(content)
    opened = opened_by(doubled, 1, 2)
    assert opened.ballots == sorted(BALLOTS, key=canonical)
    assert opened.record["ballots"]["void"] == 3


def test_the_remarks_of_one_voter_come_out_one_by_one(tmp_path):
    poll = a_poll(tmp_path)
    remarks = [Remark("P001", "甲事"), Remark("overall", "总体"), Remark("U3", "乙事")]
    with poll.writer() as writer:
        text = seal.seal_text(poll.manifest, poll.codes[0], remarks)
        writer.put("text", text.key, text.body)
    store.close_gate(poll.folder)
    opened = opened_by(opening.package(poll.folder), 1, 2)
    assert sorted(each["text"] for each in opened.remarks) == ["乙事", "总体", "甲事"]
    assert all(set(each) == {"line", "text"} for each in opened.remarks)


def test_the_opened_folder_holds_what_a_recount_needs(tmp_path):
    poll = a_closed_box(tmp_path)
    package = opening.package(poll.folder)
    opened = opened_by(package, 1, 2)
    folder = poll.folder / "opened"
    opening.write(folder, opened, poll.slate, RULES)
    opening.write(folder, opened_by(package, 2, 3), poll.slate, RULES)
    assert sorted(path.name for path in folder.iterdir()) == [
        "ballots.jsonl", "opening.json", "remarks.jsonl", "rules.toml", "slate.json", "table.txt",
    ]  # fmt: skip
    assert json.loads((folder / "slate.json").read_text()) == poll.slate
    digest = hashlib.sha256((folder / "ballots.jsonl").read_bytes()).hexdigest()
    assert digest == opened.record["ballots"]["sha256"]


def test_a_sheet_or_rules_that_the_cards_did_not_name_are_refused(tmp_path):
    poll = a_closed_box(tmp_path)
    package = opening.package(poll.folder)
    opened = opened_by(package, 1, 2)
    for slate, rules, code in (
        (a_slate(units=2), RULES, "opening.other_slate"),
        (poll.slate, RULES + "#", "opening.other_rules"),
    ):
        with pytest.raises(Refused) as refusal:
            opening.write(tmp_path / "out", opened, slate, rules)
        assert refusal.value.code == code
        assert not (tmp_path / "out").exists()
    opening.write(tmp_path / "out", opened, opening.slate_of(package), "")
    assert not (tmp_path / "out" / "rules.toml").exists()


def test_another_result_in_the_same_folder_is_never_overwritten(tmp_path):
    first, second = a_closed_box(tmp_path), a_poll(tmp_path, poll="2023Q2-v1")
    store.close_gate(second.folder)
    opening.write(tmp_path / "out", opened_by(opening.package(first.folder), 1, 2), first.slate, RULES)
    empty = opened_by(opening.package(second.folder), 1, 2)
    assert empty.ballots == []
    with pytest.raises(Refused) as refusal:
        opening.write(tmp_path / "out", empty, second.slate, RULES)
    assert refusal.value.code == "opening.differs"


def test_the_package_says_nothing_of_cards_beyond_the_public_board(tmp_path):
    poll = a_closed_box(tmp_path)
    content = json.loads(opening.package(poll.folder))
    assert content.pop("board").encode() == proof.sheet(store.draw_all(poll.folder))
    assert not any(key.encode() in canonical(content) for key in (*poll.ballot_keys, *poll.text_keys))
    assert content["ballots"] == sorted(content["ballots"])


def test_board_s_lists_every_envelope_by_card_key(tmp_path):
    poll = a_closed_box(tmp_path)
    drawn = store.draw_all(poll.folder)
    lines = proof.receipts(poll.folder)
    assert len(lines) == 3
    assert lines == sorted(lines) == proof.receipts(drawn)
    assert {line.split()[0] for line in lines} <= set(poll.ballot_keys)
    assert {line.split()[1] for line in lines} == {seal.receipt(envelope) for _, envelope in drawn.ballots}
    assert proof.root(lines) == proof.root(reversed(lines)) != proof.root(lines[1:])
    sheet = proof.sheet(drawn).decode()
    assert [line for line in sheet.splitlines() if not line.startswith("#")] == lines + proof.receipts(
        drawn, "text"
    )


def test_an_open_box_gives_no_package(tmp_path):
    with pytest.raises(Refused) as refusal:
        opening.package(a_poll(tmp_path).folder)
    assert refusal.value.code == "box.not_closed"


def test_a_receipt_is_the_digest_of_what_was_sent(tmp_path):
    poll = a_poll(tmp_path)
    sealed = seal.seal_ballot(poll.manifest, poll.codes[0], {})
    assert sealed.receipt == hashlib.sha256(sealed.body[PREFIX:]).hexdigest()
    with pytest.raises(Invalid):
        seal.seal_ballot(poll.manifest, poll.codes[0], {"P999": "A"})
