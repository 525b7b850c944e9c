"""Filling in a side as people do: which marks, which mistakes, and what each row then truly says."""

from dataclasses import dataclass, replace

import numpy as np

from survey.paper.sheet import Form, box_centre
from tests.paper.pen import PENCIL, Hand

OPTIONS = "ABC"
SHARES = (0.72, 0.18, 0.10)
BLANK = 0.06
ORDINARY = frozenset({"tick", "large tick", "cross", "circle", "pencil", "blank"})
CLEAN = (
    ("tick", 4),
    ("cross", 1),
    ("blackened", 1),
    ("circle", 1),
    ("large tick", 1),
)
HARD = (
    "pencil", "faint", "half", "beside", "corrected by scribble", "corrected by blackening",
    "corrected by double line", "retracted", "two marks", "dot on blank", "dot on marked", "stray line",
    "large circle", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What a row says: accepted options are right only if among `lawful`; '' is 未评价."""

    kind: str
    lawful: frozenset[str]


def lawful(*options: str) -> frozenset[str]:
    return frozenset(options)


class Voter:
    """Fills one side row by row."""

    def __init__(self, page: np.ndarray, form: Form, rng: np.random.Generator, *, clean: float) -> None:
        self.page, self.form, self.rng, self.clean = page, form, rng, clean
        self.hand = Hand(page, rng)

    def fill(self, rows: int) -> list[Truth]:
        """Mark `rows` rows and return what they say; four sides in ten carry a remark."""
        truths = [self._row(row) for row in range(rows)]
        if self.rng.random() < 0.4:
            for line in range(int(self.rng.integers(1, 3))):
                self.hand.note(30, 261 + 7 * line, letters=int(self.rng.integers(6, 30)))
        return truths

    def _row(self, row: int) -> Truth:
        if self.rng.random() < BLANK:
            return Truth("blank", lawful(""))
        option = int(self.rng.choice(3, p=SHARES))
        if self.rng.random() < self.clean:
            kinds, weights = zip(*CLEAN, strict=True)
            kind = str(self.rng.choice(kinds, p=np.array(weights) / sum(weights)))
        else:
            kind = str(self.rng.choice(HARD))
        return self.mark(kind, row, option)

    def mark(self, kind: str, row: int, option: int) -> Truth:
        """Make one mark of that kind on a row."""
        place = box_centre(self.form, row, option)
        if kind in ("tick", "large tick", "cross", "circle"):
            self._plain(kind, place)
            return Truth(kind, lawful(OPTIONS[option]))
        return getattr(self, "_" + kind.replace(" ", "_"))(row, option, place)

    def _plain(self, kind: str, place: tuple[float, float]) -> None:
        large = 6.2 if kind == "large tick" else None
        {"cross": self.hand.cross, "circle": self.hand.circle}.get(
            kind, lambda x, y: self.hand.tick(x, y, large)
        )(*place)

    def _other(self, row: int, option: int) -> tuple[int, tuple[float, float]]:
        other = (option + int(self.rng.integers(1, 3))) % 3
        return other, box_centre(self.form, row, other)

    def _blackened(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.blacken(*place, share=self.rng.uniform(0.7, 1.05), box=self.form.box)
        return Truth("blackened", lawful())

    def _pencil(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        Hand(self.page, self.rng, PENCIL).tick(*place)
        return Truth("pencil", lawful(OPTIONS[option]))

    def _faint(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        pen = self.hand.pen
        faint = replace(pen, alpha=pen.alpha * self.rng.uniform(0.4, 0.75))
        Hand(self.page, self.rng, faint).tick(*place)
        return Truth("faint", lawful(OPTIONS[option]))

    def _half(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.half(*place)
        return Truth("half", lawful(OPTIONS[option]))

    def _beside(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        side = self.rng.choice((-1, 1)) * self.rng.uniform(4.5, 6.5)
        self.hand.tick(place[0] + side, place[1], 4.2 * self.rng.uniform(0.75, 1.1))
        return Truth("beside", lawful(OPTIONS[option]))

    def _corrected(self, row: int, option: int, kind: str) -> Truth:
        _, wrong = self._other(row, option)
        self.hand.tick(*wrong)
        if kind == "scribble":
            self.hand.scribble(*wrong)
        elif kind == "blackening":
            self.hand.blacken(*wrong, share=self.rng.uniform(0.75, 1.05), box=self.form.box)
        else:
            self.hand.double_line(*wrong)
        self.hand.tick(*box_centre(self.form, row, option))
        return Truth(f"corrected by {kind}", lawful(OPTIONS[option]))

    def _corrected_by_scribble(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        return self._corrected(row, option, "scribble")

    def _corrected_by_blackening(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        return self._corrected(row, option, "blackening")

    def _corrected_by_double_line(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        return self._corrected(row, option, "double line")

    def _retracted(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.tick(*place)
        self.hand.scribble(*place)
        return Truth("retracted", lawful(""))

    def _two_marks(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.tick(*place)
        self.hand.tick(*self._other(row, option)[1])
        return Truth("two marks", lawful())

    def _dot_on_blank(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.dot(place[0] + self.rng.normal(0, 0.8), place[1] + self.rng.normal(0, 0.8))
        return Truth("dot on blank", lawful(""))

    def _dot_on_marked(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.tick(*place)
        x, y = self._other(row, option)[1]
        self.hand.dot(x + self.rng.normal(0, 0.8), y + self.rng.normal(0, 0.8))
        return Truth("dot on marked", lawful(OPTIONS[option]))

    def _stray_line(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.tick(*place)
        x, y = self._other(row, option)[1]
        angle, length = self.rng.uniform(0, np.pi), self.rng.uniform(4, 14)
        ahead = np.array((np.cos(angle), np.sin(angle))) * length / 2
        middle = np.array((x, y)) + self.rng.normal(0, 3, 2)
        self.hand.stroke([tuple(middle - ahead), tuple(middle + ahead)])
        return Truth("stray line", lawful(OPTIONS[option]))

    def _large_circle(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.circle(*place, 3.0, 4.2)
        return Truth("large circle", lawful(OPTIONS[option]))

    def _note(self, row: int, option: int, place: tuple[float, float]) -> Truth:
        self.hand.tick(*place)
        x, y = self._other(row, option)[1]
        self.hand.note(x - 5, y + self.rng.normal(0, 0.8), letters=int(self.rng.integers(2, 4)))
        return Truth("note", lawful(OPTIONS[option]))
