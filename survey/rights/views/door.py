"""The blueprint of the people concerned and what its pages share."""

from flask import Blueprint, Response

from survey.staff.models import Role

bp = Blueprint("rights", __name__, url_prefix="/rights")

CONCERNED = (Role.OFFICIAL, Role.UNIT_CLERK, Role.PARTY)


def download(content: bytes, kind: str, name: str) -> Response:
    """Return bytes as a file that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, content_type=kind, headers=headers)
