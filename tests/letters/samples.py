"""Sample documents that the letter tests print."""

import datetime as dt
from dataclasses import replace

from survey.letters.imprint import Imprint
from survey.letters.kinds import (
    Bulletin,
    Cannot,
    CheckLine,
    CheckSheet,
    ClosureSlip,
    Commendation,
    Done,
    HallLine,
    HallRecord,
    InterviewNotice,
    Invitation,
    MeasureCount,
    Pending,
    Praise,
    Problem,
    Rate,
    Reminder,
    Reply,
    ReviewNote,
    SeriesResult,
    TalkRecord,
    TallyLine,
    TallySheet,
    Theme,
    UnitFacts,
    UnitResult,
)
from tests.letters.papers import PAPERS

DATED = dt.date(2023, 4, 20)


def an_imprint(**changes: object) -> Imprint:
    imprint = Imprint(
        number="卢营商函〔2023〕7号",
        dated=DATED,
        code="7KQ2M9XWTB4R",
        check_url="https://ping.lulong.example/letter/7KQ2M9XWTB4R",
    )
    return replace(imprint, **changes)


def a_reminder(**changes: object) -> Reminder:
    reminder = Reminder(
        organ="卢龙县营商环境建设办公室",
        unit="卢龙县市场监督管理局",
        round_name="2023年第一季度",
        held_on=dt.date(2023, 3, 28),
        basis="《卢龙县服务企业满意度测评办法》和本轮冻结的测评规则",
        facts=UnitFacts(
            ballots=110,
            good=858,
            fair=107,
            poor=25,
            rates=(
                Rate(name="非差评率", numerator=965, denominator=990, percent="97.47"),
                Rate(name="非常满意率", numerator=858, denominator=990, percent="86.67"),
            ),
            series="执法监管",
            series_median="98.90",
            previous="96.36",
        ),
        finding="差评占比2.53%，达到测评规则“单位差评占比不低于2.50%的，发整改工作提示函”的标准，经审查小组研究并报批，现予提示。",
        problems=(
            Problem(
                theme="办事慢", text="食品经营许可变更从受理到领证超过承诺时限，多次催问没有明确答复", count=3
            ),
            Problem(theme="多头检查", text="同一月份内不同股室先后到企业检查，内容重复"),
        ),
        reply_by=dt.date(2023, 5, 8),
        objection_days=5,
        objection_to="县测评结果审查小组（设在县纪委监委）",
        contact="王堃",
        phone="0335-7201234",
        copies=("县纪委监委", "县委组织部"),
    )
    return replace(reminder, **changes)


def a_reply(**changes: object) -> Reply:
    reply = Reply(
        enterprise="秦皇岛佰工钢铁有限公司",
        organ="卢龙县人民政府",
        signers=("中共卢龙县委书记", "卢龙县人民政府县长"),
        round_name="2023年第一季度",
        held_on=dt.date(2023, 3, 28),
        invited=110,
        attended=110,
        valid=110,
        rates=(
            Rate(name="非差评率", numerator=31937, denominator=32230, percent="99.09"),
            Rate(name="非常满意率", numerator=28158, denominator=32230, percent="87.37"),
        ),
        themes=(
            Theme(name="办事慢", count=18),
            Theme(name="多头检查", count=9),
            Theme(name="政策不落实", count=7),
        ),
        done=(
            Done(
                theme="办事慢",
                unit="县行政审批局",
                result="企业开办环节由4个压缩为1个，全程网办，平均0.5个工作日办结",
                on=dt.date(2023, 4, 12),
            ),
            Done(
                theme="多头检查",
                unit="县司法局",
                result="建立入企检查备案制度，同类检查合并进行，一季度减少检查36次",
                on=dt.date(2023, 4, 15),
            ),
        ),
        pending=(
            Pending(
                theme="政策不落实",
                unit="县科技和工业信息化局",
                matter="技术改造奖补资金兑付",
                by=dt.date(2023, 6, 30),
            ),
        ),
        cannot=(
            Cannot(
                theme="收费",
                matter="免缴污水处理费",
                ground="《城镇排水与污水处理条例》第三十二条，排水单位应当缴纳污水处理费",
            ),
        ),
        measures=(
            MeasureCount(name="发出整改工作提示函", count=15),
            MeasureCount(name="约谈部门主要负责人", count=6, measure_word="人次"),
            MeasureCount(name="谈心谈话", count=30, measure_word="人次"),
        ),
        hotline="0335-7201234",
        discipline_phone="12388",
        next_round="2023年6月下旬",
    )
    return replace(reply, **changes)


def a_check_sheet(**changes: object) -> CheckSheet:
    posts = ("局长", "副局长", "登记注册股股长", "食品经营监管股股长", "特种设备监管股股长", "四级主任科员")
    sheet = CheckSheet(
        organ="卢龙县营商环境建设办公室",
        unit="卢龙县市场监督管理局",
        series="执法监管",
        round_name="2023年第一季度",
        lines=tuple(
            CheckLine(
                badge=f"LL{7000 + at}",
                name=name,
                post=post,
                duties="负责企业登记注册、食品经营许可和特种设备使用登记的受理、审核及现场核查",
                leader=at < 1,
            )
            for at, (name, post) in enumerate(
                zip(("王堃", "李赟", "赵喆", "刘翀", "陈燊", "周犇"), posts, strict=True)
            )
        ),
        return_by=dt.date(2023, 3, 20),
        contact="王堃",
        phone="0335-7201234",
    )
    return replace(sheet, **changes)


def many_problems(count: int) -> tuple[Problem, ...]:
    text = "办理施工许可时要求重复提交同一份材料，窗口与后台说法不一，企业往返三次以上才办成"
    return tuple(Problem(theme="办事繁", text=text, count=at % 4 + 1) for at in range(count))


def a_bulletin(**changes: object) -> Bulletin:
    names = (
        "县发展和改革局",
        "县市场监督管理局",
        "县生态环境局",
        "县应急管理局",
        "县自然资源和规划局",
        "县消防救援大队",
    )
    units = tuple(
        UnitResult(
            name=name,
            good=858 - at * 9,
            fair=107 + at * 6,
            poor=25 + at * 3,
            blank=at,
            rate=f"{97.47 - at:.2f}",
        )
        for at, name in enumerate(names)
    )
    bulletin = Bulletin(
        organ="卢龙县营商环境建设办公室",
        addressees="各乡镇人民政府，县直各部门",
        county="卢龙县",
        round_name="2023年第一季度",
        held_on=dt.date(2023, 3, 28),
        seats=110,
        attended=110,
        returned=110,
        valid=110,
        rates=a_reply().rates,
        definition="非差评率为非常满意和服务一般的票数占有效评价票数的比例，未作评价的不计入。",
        change="非差评率比2022年全年的95.87%（61798/64460）提高3.22个百分点。",
        strengths=("县行政审批局等单位企业开办全程网办，企业普遍反映办事快、少跑路。",),
        themes=a_reply().themes,
        review_notes=(ReviewNote(reason="依法履职行为", count=2), ReviewNote(reason="评价对象有误", count=1)),
        measures=a_reply().measures,
        open_matters=12,
        series=tuple(
            SeriesResult(name=name, median="98.90", units=units)
            for name in ("审批服务", "执法监管", "公共服务", "镇街")
        ),
        publicity="此件主动公开",
        copies=("县委办公室", "县人大常委会办公室", "县政协办公室", "县纪委监委", "县委组织部"),
    )
    return replace(bulletin, **changes)


def a_tally_sheet(**changes: object) -> TallySheet:
    line = TallyLine(
        unit="县市场监督管理局", name="王堃（局长）", good=86, fair=20, poor=3, blank=1, void=0,
        rate="97.25%", good_rate="78.90%", interval="92.2%－99.1%",
    )  # fmt: skip
    sheet = TallySheet(
        organ="卢龙县营商环境建设办公室",
        round_name="2023年第一季度",
        held_on=dt.date(2023, 3, 28),
        venue="县会议中心一楼报告厅",
        seats=110, attended=110, printed=120, issued=110, remaining=10, returned=110, valid=109, invalid=1,
        invalid_reason="一张选票没有任何有效选项",
        electronic=110,
        lines=(line,) * 40,
        first_digest="3f" * 32,
        second_digest="3f" * 32,
        seals=("F2023-001", "F2023-002"),
        manifest_sha256="ab" * 32,
    )  # fmt: skip
    return replace(sheet, **changes)


def a_hall_record(**changes: object) -> HallRecord:
    steps = (
        "空箱展示",
        "到场核对",
        "讲解完毕",
        "被测评单位人员离场",
        "发放票卡",
        "开始填写",
        "填写结束",
        "封箱",
    )
    record = HallRecord(
        organ="卢龙县营商环境建设办公室",
        round_name="2023年第一季度",
        held_on=dt.date(2023, 3, 28),
        venue="县会议中心一楼报告厅",
        seats=110,
        attended=110,
        cards_issued=110,
        seals=("F2023-001",),
        lines=tuple(
            HallLine(step=step, at=f"9时{10 + at * 5}分", signed="赵喆", note="正常")
            for at, step in enumerate(steps)
        ),
        incidents="无",
        manifest_sha256="ab" * 32,
    )
    return replace(record, **changes)


def an_interview_notice(**changes: object) -> InterviewNotice:
    notice = InterviewNotice(
        organ="卢龙县营商环境建设办公室",
        unit="卢龙县自然资源和规划局",
        attendee="主要负责人",
        round_name="2023年第一季度",
        reason="你单位差评占比6.06%，达到测评规则“约谈主要负责人”的标准。",
        on=dt.date(2023, 5, 12),
        time="上午9时30分",
        venue="县委三楼会议室",
        hosts=("县委书记", "县长", "县纪委书记"),
        participants=("分管副县长", "县委组织部有关负责人"),
        contact="王堃",
        phone="0335-7201234",
        copies=("县纪委监委", "县委组织部"),
    )
    return replace(notice, **changes)


def a_commendation(**changes: object) -> Commendation:
    commendation = Commendation(
        organ="卢龙县营商环境建设办公室",
        addressees="各乡镇人民政府，县直各部门",
        round_name="2023年第一季度",
        held_on=dt.date(2023, 3, 28),
        conditions="有效评价不少于80份、无差评、无逾期未办结事项、无违纪违法情形",
        praised=(
            Praise(name="县行政审批局", text="企业开办全程网办，平均0.5个工作日办结"),
            Praise(name="县税务局赵喆", text="主动上门辅导企业享受研发费用加计扣除政策"),
        ),
        publicity="此件主动公开",
        copies=("县委办公室", "县纪委监委"),
    )
    return replace(commendation, **changes)


def an_invitation(**changes: object) -> Invitation:
    invitation = Invitation(
        enterprise="秦皇岛佰工钢铁有限公司",
        organ="卢龙县营商环境建设办公室",
        round_name="2023年第二季度",
        on=dt.date(2023, 6, 27),
        time="上午9时",
        venue="县会议中心一楼报告厅",
        minutes=40,
        stored="我们只保存贵企业名称、统一社会信用代码、联系人姓名和电话，以及是否到场；不保存谁投了什么票。",
        kept="到场登记在本轮测评办结后销毁，名册信息保存到贵企业退出名册为止。",
        contact="王堃",
        phone="0335-7201234",
        discipline_phone="12388",
    )
    return replace(invitation, **changes)


def a_closure_slip(**changes: object) -> ClosureSlip:
    slip = ClosureSlip(
        organ="卢龙县营商环境建设办公室",
        item="2023Q1-017",
        light="绿",
        source="测评会场",
        theme="办事慢",
        problem="食品经营许可变更从受理到领证超过承诺时限，多次催问没有明确答复",
        unit="县市场监督管理局",
        owner="李赟",
        phone="0335-7205678",
        opened_on=dt.date(2023, 4, 6),
        deadline=dt.date(2023, 6, 30),
        done_on=dt.date(2023, 7, 5),
        days_late=5,
        evidence=("食品经营许可变更流程图（修订）", "4月至6月办件时限统计"),
        asked=3,
        solved=2,
        partly=1,
        unsolved=0,
    )
    return replace(slip, **changes)


def a_talk_record(**changes: object) -> TalkRecord:
    record = TalkRecord(
        organ="卢龙县营商环境建设办公室",
        talk="谈心谈话",
        round_name="2023年第一季度",
        badge="LL7003",
        name="刘翀",
        unit="县市场监督管理局",
        post="食品经营监管股股长",
        talkers=("李赟", "陈燊"),
        recorder="周犇",
        facts="有效评价110份，服务较差8份，差评占比7.27%；企业反映办理时限不明确，经审查不属于依法履职行为引起",
        follow_up=dt.date(2023, 11, 12),
    )
    return replace(record, **changes)


SAMPLES = {
    "reminder": a_reminder,
    "reply": a_reply,
    "bulletin": a_bulletin,
    "check sheet": a_check_sheet,
    "tally sheet": a_tally_sheet,
    "hall record": a_hall_record,
    "interview notice": an_interview_notice,
    "commendation": a_commendation,
    "invitation": an_invitation,
    "closure slip": a_closure_slip,
    "talk record": a_talk_record,
    **PAPERS,
}
