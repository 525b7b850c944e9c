"""One way of taking ballots, served by granian as the hall is.

bare stores nothing, checked checks the card's signature and stores nothing; flask and door are the box behind
a Flask route and by the hall's own door; each-… commits every ballot singly.
"""

import sys
from functools import partial
from pathlib import Path

from flask import Flask, request
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from survey.app import create_hall
from survey.box import seal
from survey.box import writer as writers
from survey.box.writer import Writer
from survey.config import Config
from survey.serving import HALL, THREADS, take_turns


def bare() -> Flask:
    """A Flask application that reads a ballot and stores nothing."""
    app = Flask("bare")

    @app.put("/p/<poll>/ballot/<card>")
    def take(poll: str, card: str) -> dict[str, object]:
        return {"receipt": card, "fresh": len(request.get_data()) > 0}

    return app


def checked() -> Flask:
    """A Flask application that checks a ballot's signature and stores nothing."""
    app = Flask("checked")

    @app.put("/p/<poll>/ballot/<card>")
    def take(poll: str, card: str) -> dict[str, object]:
        return {"receipt": card, "fresh": seal.signature_fits("ballot", poll, card, request.get_data())}

    return app


def through_flask(folder: Path) -> Flask:
    """The box behind a Flask route."""
    app, writer = Flask("flask"), Writer(folder)

    @app.put("/p/<poll>/ballot/<card>")
    def take(poll: str, card: str) -> dict[str, object]:
        stored = writer.put("ballot", card, request.get_data())
        return {"receipt": stored.receipt, "fresh": stored.fresh}

    return app


def create(kind: str, instance: Path, poll: str) -> object:
    """Make the application in the process that answers."""
    if kind in ("bare", "checked"):
        return bare() if kind == "bare" else checked()
    if kind.startswith("each"):
        writers.BATCH = 1
    flask = kind.endswith("flask")
    app = (
        through_flask(instance / "boxes" / poll)
        if flask
        else create_hall(Config(instance=instance, mode="demo"))
    )
    take_turns()
    return app


def main(kind: str, instance: str, poll: str, port: str) -> None:
    """Serve until killed."""
    server = Granian(
        kind, address="127.0.0.1", port=int(port), interface=Interfaces.WSGI, workers=1,
        blocking_threads=THREADS[HALL], websockets=False, log_level=LogLevels.error, log_access=False,
    )  # fmt: skip
    server.serve(target_loader=partial(create, kind, Path(instance), poll), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
