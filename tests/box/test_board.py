"""The board: public notices that replace each other and outlive the boxes."""

from survey.box.board import Board, Notice


def test_a_notice_replaces_its_forerunner(tmp_path):
    board = Board(tmp_path / "board.db")
    assert board.fetch("state", "2023Q1-v1") is None
    assert board.polls() == []
    board.post("state", "2023Q1-v1", b"open", "text/plain")
    board.post("state", "2023Q1-v1", b"closed", "text/plain")
    board.post("sealed", "2022Q4-v1", b"x" * 9000, "text/plain")
    assert board.fetch("state", "2023Q1-v1") == Notice(b"closed", "text/plain")
    assert board.polls() == ["2022Q4-v1", "2023Q1-v1"]


def test_a_withdrawn_notice_leaves_no_bytes(tmp_path):
    board = Board(tmp_path / "board.db")
    board.post("result", "2023Q1-v1", b"MARKED" * 4000, "text/plain")
    board.post("result", "2023Q1-v1", b"short", "text/plain")
    board.withdraw("result", "2023Q1-v1")
    assert board.fetch("result", "2023Q1-v1") is None
    assert not any(b"MARKED" in path.read_bytes() for path in tmp_path.iterdir())


def test_the_boards_files_keep_no_time(tmp_path):
    board = Board(tmp_path / "board.db")
    board.post("state", "2023Q1-v1", b"open", "text/plain")
    board.fetch("state", "2023Q1-v1")
    dates = {path.stat().st_mtime for path in tmp_path.iterdir()}
    assert dates == {946_684_800}
