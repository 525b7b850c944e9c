"""How fast the ledger empties: tasks open at the end of each day, beside what the deadlines would leave."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from survey.rectify.models import Task
from survey.tally import charts

FEWEST_DAYS, MOST_POINTS = 2, 120


def burn_down(tasks: Iterable[Task], *, today: dt.date) -> charts.Spec | None:
    """Return the chart of the days; too few of them draw nothing."""
    found = days(tasks, today=today)
    return charts.burn_down(found) if len(found) > FEWEST_DAYS else None


def days(tasks: Iterable[Task], *, today: dt.date) -> list[dict[str, Any]]:
    """Return the days from the first task to `today`, thinned out over a long time; `today` always."""
    listed = list(tasks)
    first = min((task.opened_on for task in listed), default=today)
    step = -(-(today - first).days // MOST_POINTS) or 1
    marks = [first + dt.timedelta(days=day) for day in range(0, (today - first).days, step)]
    return [_day(listed, day) for day in (*marks, today)]


def _day(tasks: list[Task], day: dt.date) -> dict[str, Any]:
    """Return how many tasks were open after `day`, how many of them overdue, and how many had to be."""
    opened = [task for task in tasks if task.opened_on <= day]
    left = [task for task in opened if _open_on(task, day)]
    return {
        "day": day.isoformat(),
        "open": len(left),
        "overdue": sum(task.deadline < day for task in left),
        "due": sum(task.deadline >= day for task in opened),
    }


def _open_on(task: Task, day: dt.date) -> bool:
    """Tell whether a task was not done after `day`; one that came back was never done before."""
    return task.done_on is None or day < task.done_on
