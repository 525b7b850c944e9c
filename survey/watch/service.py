"""What the watch's pages ask: the register, the comparison, the alerts, the check of everything fixed."""

from sqlmodel import Session

from survey.config import Config
from survey.watch import aftermath, alerts, inspections, integrity

compare = aftermath.compare
every_alert, alert_counts, handle = alerts.alerts, alerts.counts, alerts.handle
register, load_visits, read_visits = inspections.register, inspections.load, inspections.read


def faults(session: Session, *, config: Config) -> list[str]:
    """Return a sentence for everything that is not as it was fixed; empty when all fits."""
    return integrity.faults(session, config=config)
