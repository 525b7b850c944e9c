"""The inspectors' key pairs: only public halves reach the desk, one for each inspector and poll."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlmodel import Session, select

from survey import journal
from survey.errors import Forbidden, Invalid, Refused
from survey.poll.models import InspectorKey, Poll, Stage
from survey.poll.stages import require, stored_id
from survey.staff.models import Account, Role


def keys(session: Session, poll: Poll) -> list[InspectorKey]:
    """Return the registered inspectors' keys by position."""
    found = session.exec(select(InspectorKey).where(InspectorKey.poll_id == poll.id))
    return sorted(found, key=lambda key: key.position)


def key_of(session: Session, poll: Poll, account: Account) -> InspectorKey | None:
    """Return the key that `account` registered for `poll`."""
    return next((key for key in keys(session, poll) if key.account_id == account.id), None)


def next_position(session: Session, poll: Poll, account: Account) -> int:
    """Return the place that a key of `account` takes: the own one again, or the next free one."""
    own = key_of(session, poll, account)
    return own.position if own else len(keys(session, poll)) + 1


def register_key(
    session: Session, poll: Poll, *, by: Account, public_key: str, position: int | None = None
) -> InspectorKey:
    """Take in the public half of an inspector's key pair; before the freeze it may be replaced.

    `position` is the place that the key file names: it must still be free, or the file would open nothing.
    """
    if by.role is not Role.INSPECTOR:
        raise Forbidden("poll.inspector_only", "开箱密钥只能由纪委监委监督人员登记。")
    require(poll, Stage.DRAFT, Stage.APPROVED)
    point = _point(public_key)
    place = next_position(session, poll, by)
    if position not in (None, place):
        raise Refused(
            "poll.position", "制作密钥期间另一位监督人员先登记了，次序已变，请刷新页面重新制作密钥。"
        )
    taken = session.exec(select(InspectorKey).where(InspectorKey.public_key == point)).first()
    if taken and (taken.poll_id, taken.account_id) != (poll.id, by.id):
        raise Refused("poll.key_taken", "这把公钥已经登记过，每人每次测评都须在自己的浏览器中重新制作密钥。")
    key = key_of(session, poll, by)
    if key is None:
        key = InspectorKey(
            poll_id=stored_id(poll),
            account_id=stored_id(by),
            position=place,
            holder=by.name,
            public_key=point,
        )
    key.public_key = point
    session.add(key)
    session.flush()
    detail = {"position": key.position, "public_key": point}
    journal.record(session, by=by.login, act="poll.register_key", subject=poll.key, detail=detail)
    return key


def _point(text: str) -> str:
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(text.strip()))
    except ValueError as fault:
        raise Invalid("poll.public_key", "公钥内容不完整或已损坏，请重新制作密钥。") from fault
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()
