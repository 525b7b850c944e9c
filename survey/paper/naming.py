"""What in a comment would tell who wrote it: a firm's name or contact, a telephone, a code, a day, a sum.

Names come from the roster of enterprises; the second person still reads every text (paper.md section 6).
"""

import re

from sqlmodel import Session

from survey.roster import queries as roster

TAILS = ("有限责任公司", "股份有限公司", "有限公司", "集团", "公司", "厂", "合作社")
PLACE = re.compile(r"^.{1,3}?[省市县区]")
FEWEST_SIGNS = 3  # a shorter core is an everyday word
TELLING = (
    ("电话", re.compile(r"(?<!\d)(?:1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})(?!\d)")),
    ("统一社会信用代码", re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")),
    ("日期", re.compile(r"\d{1,4}年\d{1,2}月|\d{1,2}月\d{1,2}[日号]")),
    ("金额或数目", re.compile(r"\d+(?:\.\d+)?(?:万元|元|亩|人|家|吨|平方米)")),
    ("“我公司”一类自称", re.compile(r"(?:我|本)(?:公司|企业|厂|单位|店)(?:是|叫|名)")),
)


def giveaways(session: Session, text: str) -> list[str]:
    """Return what in `text` would tell its writer, each named with its kind; empty when nothing was found."""
    plain = re.sub(r"\s+", "", text)
    found = [f"企业名称「{name}」" for name in _firms(session) if name in plain]
    found += [f"企业联系人「{name}」" for name in _contacts(session) if name in plain]
    found += [f"{kind}「{mark}」" for kind, shape in TELLING for mark in shape.findall(plain)]
    return list(dict.fromkeys(found))


def core(name: str) -> str:
    """Return a firm's name without legal form and place, or the whole name when too little is left."""
    short = name
    for tail in TAILS:
        short = short.removesuffix(tail)
    short = PLACE.sub("", short)
    return short if len(short) >= FEWEST_SIGNS else name


def _firms(session: Session) -> list[str]:
    return sorted({core(firm.name) for firm in roster.enterprises(session) if firm.name})


def _contacts(session: Session) -> list[str]:
    return sorted({firm.contact for firm in roster.enterprises(session) if len(firm.contact) > 1})
