"""Labels for envelopes: A4 sheets of 24 (70 by 37 mm), one for each issued letter; a window needs none."""

import datetime as dt
from collections.abc import Sequence

from survey.config import Config
from survey.errors import Refused
from survey.letters import render
from survey.letters.imprint import grouped
from survey.letters.models import Letter

DATED = dt.date(2000, 1, 1)  # labels are no record


def labels_pdf(letters: Sequence[Letter], *, config: Config) -> bytes:
    """Return the labels of these letters in their order; a name as long as it may be takes several rows."""
    if not letters:
        raise Refused("letters.none_issued", "还没有印发的文书，没有可以打印的信封标签。")
    labels = [
        {"name": each.addressee, "note": each.number or f"查验码 {grouped(each.code)}", "kind": each.kind}
        for each in letters
    ]
    context = {"labels": labels, "sender": config.office}
    return render.pdf(
        "envelopes/labels.html", context, fonts=config.fonts, dated=DATED, style="envelopes/labels.css"
    )
