"""The one next act of a quarter for each role, in plain Chinese, and the path the quarter has come."""

from dataclasses import dataclass

from survey.poll.models import Poll, Stage
from survey.poll.stages import PATH
from survey.staff.models import Role


@dataclass(frozen=True)
class Act:
    """What an account is to do next: a sentence, the words on the button, the page it leads to."""

    sentence: str
    label: str = ""
    page: str = ""

    @property
    def mine(self) -> bool:
        """Tell whether the reader has something to do, or only waits."""
        return bool(self.page)

    @property
    def of_poll(self) -> bool:
        """Tell whether the page belongs to one poll and its address names it."""
        return self.page.startswith(("poll.", "tally.")) and self.page != "poll.new"


START = {Role.OFFICE: Act("本季度测评尚未起草。请填写测评名称、席位和测评规则。", "起草测评", "poll.new")}
ACTS: dict[Stage, dict[Role, Act]] = {
    Stage.DRAFT: {
        Role.LEADER: Act(
            "请审阅测评方案和票面名单，签字审定；须两位县领导分别签字。", "审定签字", "poll.detail"
        ),
        Role.INSPECTOR: Act(
            "请在自己的浏览器中制作开箱密钥，并把密钥文件保存到本人U盘。", "制作密钥", "poll.keys"
        ),
    },
    Stage.APPROVED: {
        Role.INSPECTOR: Act(
            "方案已审定。监督人员的密钥登记齐全后，即可冻结票面并制作票卡。", "冻结票面", "poll.detail"
        ),
    },
    Stage.FROZEN: {
        Role.INSPECTOR: Act(
            "票面已冻结。请按现场监督记录逐步签记，被测评单位人员离场后方可开始填写。",
            "现场监督记录",
            "poll.hall",
        ),
        Role.OFFICE: Act("票面已冻结。请在会场核对到场企业。", "到场核对", "poll.attendance"),
    },
    Stage.OPEN: {
        Role.INSPECTOR: Act("企业正在填写。全部填写完毕后，请封箱。", "现场监督记录", "poll.hall"),
        Role.OFFICE: Act("企业正在填写。请核对到场企业。", "到场核对", "poll.attendance"),
    },
    Stage.CLOSED: {
        Role.INSPECTOR: Act("票箱已封。请用本人密钥文件提交开箱份额。", "开箱", "tally.opening"),
        Role.OFFICE: Act("票箱已封。请清点票卡，填写印制、发出、剩余张数。", "清点票卡", "poll.cards"),
    },
    Stage.OPENED: {
        Role.INSPECTOR: Act("票箱已打开。票卡清点完毕后即可计票。", "计票", "tally.opening"),
        Role.OFFICE: Act("票箱已打开。请先清点票卡，再由监督人员计票。", "清点票卡", "poll.cards"),
    },
    Stage.COUNTED: {
        Role.OFFICE: Act(
            "计票结果已固定。请提出审查事项，接收、转述问题反映；认定成立的，告知当事人陈述；都决定后结束审查。",
            "审查事项",
            "review.cases",
        ),
        Role.REVIEWER: Act("计票结果已固定。请逐件研判审查事项。", "审查", "review.cases"),
        Role.LEADER: Act(
            "计票结果已固定，审查小组正在研判；研判后的事项请作决定。", "审查事项", "review.cases"
        ),
    },
    Stage.REVIEWED: {
        Role.OFFICE: Act("审查已结束。请核对结果，对外公布总体和单位结果。", "公布结果", "tally.detail"),
    },
    Stage.REPORTED: {
        Role.OFFICE: Act(
            "结果已公布。请逐条办理企业反映的问题，印发整改文书。", "整改台账", "rectify.ledger"
        ),
    },
    Stage.RECTIFYING: {
        Role.OFFICE: Act("整改进行中。请盯办红色、黄色事项，核实后销号。", "整改台账", "rectify.ledger"),
        Role.UNIT_CLERK: Act("请办理本单位的整改事项，并按期反馈。", "整改台账", "rectify.ledger"),
    },
    Stage.VOID: {
        Role.OFFICE: Act("这次测评已作废，票卡和密钥全部失效。请重新起草。", "起草测评", "poll.new"),
    },
    Stage.CONCLUDED: {
        Role.OFFICE: Act("本季度已办结。可以起草下一季度的测评。", "起草测评", "poll.new"),
    },
}
WAITING = {
    None: "正在等待我来办办公室起草本季度测评。",
    Stage.DRAFT: "正在等待两位县领导审定方案，监督人员制作密钥。",
    Stage.APPROVED: "正在等待监督人员冻结票面、制作票卡。",
    Stage.FROZEN: "票面已冻结，正在等待会场测评开始。",
    Stage.OPEN: "企业正在填写。",
    Stage.CLOSED: "票箱已封，正在等待监督人员开箱。",
    Stage.OPENED: "票箱已打开，正在等待计票。",
    Stage.COUNTED: "计票结果已固定，正在等待审查小组研判和县领导决定。",
    Stage.REVIEWED: "审查已结束，正在等待公布结果。",
    Stage.REPORTED: "结果已公布，正在布置整改。",
    Stage.RECTIFYING: "整改进行中。",
    Stage.CONCLUDED: "本季度已办结。",
    Stage.VOID: "这次测评已作废。",
}


def next_act(poll: Poll | None, role: Role) -> Act:
    """Return what `role` does next; who has nothing to do is told what is being waited for."""
    acts = ACTS.get(poll.stage, {}) if poll else START
    return acts.get(role) or waiting(poll)


def waiting(poll: Poll | None) -> Act:
    """Return what is being waited for, for a reader who has nothing more to do."""
    return Act(WAITING[poll.stage if poll else None])


def path(poll: Poll | None) -> list[tuple[str, str, str]]:
    """Return each stage of the quarter as (name, done | now | ahead, note)."""
    here = PATH.index(poll.stage) if poll and poll.stage in PATH else -1
    states = ["done" if place < here else "now" if place == here else "ahead" for place in range(len(PATH))]
    return [(stage.chinese, state, "") for stage, state in zip(PATH, states, strict=True)]
