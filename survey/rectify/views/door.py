"""The blueprint of rectification and what its pages share."""

from flask import Blueprint, Response, current_app

from survey.config import Config

bp = Blueprint("rectify", __name__, url_prefix="/rectify")


def config() -> Config:
    """Return the installation's settings."""
    settings: Config = current_app.config["SURVEY"]
    return settings


def download(content: bytes, kind: str, disposition: str) -> Response:
    """Return bytes as a file that no cache keeps."""
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)
