"""领票信: one letter for each firm with its code, the two windows and how to draw and vote from afar."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from survey.box import tokens
from survey.box.manifest import Manifest
from survey.config import Config
from survey.errors import Invalid
from survey.letters import qr, render

SHOWN_HASH = 16
DATED = dt.date(2000, 1, 1)  # the file itself must not tell when the letters were printed


@dataclass(frozen=True)
class Letter:
    """One firm's letter; the code lives here and in the envelope, nowhere else."""

    firm: str
    uscc: str
    code: str


def letters_pdf(letters: Sequence[Letter], *, manifest: Manifest, config: Config) -> bytes:
    """Return the letters as A4 sheets, one for each firm, in the order of their codes of credit."""
    channel, poll = manifest.remote, manifest.poll
    if not letters or channel is None:
        raise Invalid("letters.no_tickets", "没有要印制的领票信：企业都已领过凭证，或者没有设远程渠道。")
    draw, vote = f"{config.issuer_origin}/t/{poll}/", f"{config.hall_origin}/p/{poll}/remote"
    shown = manifest.sha256[:SHOWN_HASH]
    context = {
        "letters": [
            {"firm": one.firm, "uscc": one.uscc, "code": tokens.display(one.code),
             "qr": qr.svg_uri(f"{draw}#{one.uscc}~{one.code}")}
            for one in letters
        ],
        "title": str(manifest.content["title"]),
        "county": config.county,
        "office": config.office,
        "phone": config.discipline_phone,
        "channel": channel,
        "draw": draw,
        "vote": vote,
        "vote_qr": qr.svg_uri(vote),
        "hash": " ".join(shown[at : at + 4] for at in range(0, SHOWN_HASH, 4)),
    }  # fmt: skip
    return render.pdf(
        "ballots/tickets.html", context, fonts=config.fonts, dated=DATED, style="ballots/tickets.css"
    )
