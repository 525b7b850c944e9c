"""The ledger's burn-down: what is open each day, what is overdue, what the deadlines would leave."""

import datetime as dt

import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from survey.rectify.burning import burn_down, days
from survey.rectify.models import Task

DAY = dt.date(2023, 4, 3)


def a_task(opened: int, deadline: int, done: int | None = None) -> Task:
    """Return a task by days from the first of the ledger."""
    days = [DAY + dt.timedelta(days=day) for day in (opened, deadline)]
    ended = None if done is None else DAY + dt.timedelta(days=done)
    return Task(
        unit_id=1,
        title="一次告知",
        owner="王工",
        phone="1",
        opened_on=days[0],
        deadline=days[1],
        done_on=ended,
    )


def lines(tasks: list[Task], today: int) -> dict[str, list[int]]:
    """Return the numbers of each line in the order of days."""
    found = days(tasks, today=DAY + dt.timedelta(days=today))
    return {key: [day[key] for day in found] for key in ("open", "overdue", "due")}


def test_a_task_is_open_until_the_day_it_is_done_and_overdue_after_its_deadline() -> None:
    found = lines([a_task(0, 2, done=4), a_task(1, 9)], today=5)
    assert found == {"open": [1, 2, 2, 2, 1, 1], "overdue": [0, 0, 0, 1, 0, 0], "due": [1, 2, 2, 1, 1, 1]}


def test_the_chart_holds_every_day_of_every_line() -> None:
    spec = burn_down([a_task(0, 2, done=4), a_task(1, 9)], today=DAY + dt.timedelta(days=5))
    assert spec is not None
    assert len(vl_convert.vegalite_to_svg(spec)) > 1000
    assert sum(len(values) for values in spec["datasets"].values()) == 18


def test_a_ledger_of_two_days_draws_nothing() -> None:
    assert burn_down([], today=DAY) is None
    assert burn_down([a_task(0, 9)], today=DAY + dt.timedelta(days=1)) is None


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90), st.none() | st.integers(0, 200)), min_size=1),
    st.integers(600, 900),
)
def test_the_last_day_counts_what_the_ledger_holds(
    each: list[tuple[int, int, int | None]], today: int
) -> None:
    tasks = [a_task(at, at + term, None if done is None else at + done) for at, term, done in each]
    found = lines(tasks, today)
    assert found["open"][-1] == sum(task.done_on is None for task in tasks)
    assert found["overdue"][-1] == found["open"][-1]
    assert found["due"][-1] == 0
    assert len(found["open"]) <= 122
