"""票卡: sheets of tear-off cards, each with one code; no number, no name, nothing that tells their order."""

import datetime as dt
from collections.abc import Sequence

from survey.config import Config
from survey.errors import Invalid
from survey.letters import qr, render

CODE_LENGTH = 16
SHOWN_HASH = 16
DATED = dt.date(2000, 1, 1)  # the file itself must not tell when the cards were printed


def address(origin: str, poll: str, code: str, manifest_sha256: str) -> str:
    """Return what a card's QR code opens; what follows # never reaches the server."""
    return f"{origin}/p/{poll}/#{code}~{manifest_sha256}"


def cards_pdf(
    *, origin: str, poll: str, title: str, manifest_sha256: str, codes: Sequence[str], config: Config
) -> bytes:
    """Return the cards as A4 sheets of eight, in the order of the codes, which the caller has shuffled."""
    for code in codes:
        if len(code) != CODE_LENGTH or not code.isalnum():
            raise Invalid("letters.card_code", "票卡代码应为16位字母和数字，没有印制票卡。")
    if not codes:
        raise Invalid("letters.no_cards", "没有要印制的票卡，请先确定票卡数量。")
    cards = [
        {"qr": qr.svg_uri(address(origin, poll, code, manifest_sha256)), "rows": _rows(code)}
        for code in codes
    ]
    shown, url = manifest_sha256[:SHOWN_HASH], f"{origin}/p/{poll}/"
    context = {
        "cards": cards,
        "title": title,
        "title_size": min(4.6, 88 / len(title)),
        "county": config.county,
        "url": url,
        "url_size": min(3.0, 80 / len(url)),
        "hash": " ".join(shown[at : at + 4] for at in range(0, SHOWN_HASH, 4)),
    }
    return render.pdf(
        "ballots/cards.html", context, fonts=config.fonts, dated=DATED, style="ballots/cards.css"
    )


def _rows(code: str) -> tuple[str, str]:
    groups = [code[at : at + 4] for at in range(0, CODE_LENGTH, 4)]
    return "-".join(groups[:2]), "-".join(groups[2:])
