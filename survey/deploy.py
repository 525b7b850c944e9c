"""Settings for servers in front of the doors and for systemd; none of them logs a visitor."""

from pathlib import Path
from string import Template

from survey.config import Config

FOLDER = Path(__file__).parent / "static" / "deploy"
SERVERS = ("nginx", "caddy", "systemd")


def settings(server: str, config: Config) -> str:
    """Return the settings of `server` filled in with this installation's addresses."""
    text = (FOLDER / f"{server}.conf").read_text(encoding="utf-8")
    return Template(text).substitute(
        hall_host=_name(config.hall_origin),
        desk_host=_name(config.desk_origin),
        hall=f"{config.hall_host}:{config.hall_port}",
        desk=f"{config.desk_host}:{config.desk_port}",
        hall_scheme=config.scheme("hall"),
        desk_scheme=config.scheme("desk"),
        issuer_host=_name(config.issuer_origin),
        issuer=f"{config.issuer_host}:{config.issuer_port}",
        issuer_scheme=config.scheme("issuer"),
        instance=config.instance,
    )


def _name(origin: str) -> str:
    return origin.split("//", 1)[-1].split("/")[0].rsplit(":", 1)[0]
