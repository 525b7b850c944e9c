"""Sample papers around the letters: hearings, review, pursuit, custody, the standing meeting."""

import datetime as dt
from dataclasses import replace

from survey.letters.briefs import MeetingPaper
from survey.letters.custodial import (
    BallotApproval,
    DestroyedFile,
    DestructionRecord,
    ImpactAssessment,
    PersonalData,
    Risk,
    SealStrips,
    Signed,
)
from survey.letters.facts import MeasureCount, Rate, SeriesResult, Theme, UnitResult
from survey.letters.findings import ClueTransfer, GivenOpinion, ReviewOpinion
from survey.letters.hearings import Commitment, InterviewMinutes, ObjectionDecision, ObjectionForm
from survey.letters.pursuit import DeliveryReceipt, Rectified, RectifyReport, Supervision, Unfinished

OFFICE = "卢龙县营商环境建设办公室"
ROUND = "2023年第一季度"
COPIES = ("县纪委监委", "县委组织部")


def interview_minutes(**changes: object) -> InterviewMinutes:
    minutes = InterviewMinutes(
        organ=OFFICE,
        unit="卢龙县自然资源和规划局",
        round_name=ROUND,
        on=dt.date(2023, 5, 12),
        time="上午9时30分至10时40分",
        venue="县委三楼会议室",
        hosts=("县委书记", "县长", "县纪委书记"),
        attendees=("赵喆（局长）", "刘翀（副局长）"),
        participants=("分管副县长", "县委组织部有关负责人", "县营商环境建设办公室有关负责人"),
        recorder="周犇",
        facts="本轮测评中，企业对该局及工作人员的评价共990项次，其中服务较差60项次，差评占比6.06%，达到测评规则“约谈主要负责人”的标准。企业集中反映不动产登记资料多头提交、现场踏勘时间不确定。",
        statement="该局承认窗口与业务股室衔接不畅。\n其中两条反映涉及依法不予批准的用地申请，已提交不予批准决定书及送达回证，请求审查小组在使用结果时说明。",
        demands=(
            "对照问题清单逐项查明原因，一周内报送整改措施。",
            "踏勘实行预约制，预约后两个工作日内到场。",
        ),
        commitments=(
            Commitment(text="登记资料实行一窗受理、内部共享", owner="刘翀", by=dt.date(2023, 5, 31)),
            Commitment(text="公布踏勘预约电话和时限", owner="陈燊", by=dt.date(2023, 5, 19)),
        ),
    )
    return replace(minutes, **changes)


def objection_form(**changes: object) -> ObjectionForm:
    form = ObjectionForm(
        organ="卢龙县人民政府办公室",
        applicant="刘翀",
        unit="卢龙县市场监督管理局",
        phone="0335-7205678",
        round_name=ROUND,
        document="整改工作提示函（卢营商函〔2023〕7号）",
        received_on=dt.date(2023, 4, 21),
        until=dt.date(2023, 4, 28),
        matter="提示函所列第二项“多头检查”",
        grounds="所列检查为上级部署的特种设备专项检查，检查计划已向县司法局备案，有备案编号和告知记录，属于依法履职。",
        evidence=("入企检查备案表（2023-118）", "特种设备专项检查通知"),
        request="对该项作出依法履职的说明，不作为整改事项。",
        applied_on=dt.date(2023, 4, 25),
    )
    return replace(form, **changes)


def objection_decision(**changes: object) -> ObjectionDecision:
    decision = ObjectionDecision(
        organ="卢龙县人民政府办公室",
        applicant="刘翀",
        round_name=ROUND,
        applied_on=dt.date(2023, 4, 25),
        matter="异议事项：整改工作提示函（卢营商函〔2023〕7号）所列第二项“多头检查”。",
        grounds="申请人认为，所列检查为上级部署的专项检查，已经备案，属于依法履职。",
        found="经调阅入企检查备案系统，2023年3月申请人所在股室入企检查4次，其中3次有备案编号，1次没有备案。",
        reasons="已备案的3次检查属于依法履职，不应作为整改事项；未备案的1次检查不符合县入企检查备案制度，企业的反映属实。",
        decision="变更提示函第二项的表述为“有1次入企检查没有备案”，其余维持。计票数不作改动。",
        reviewers=3,
        contact="王堃",
        phone="0335-7201234",
        copies=COPIES,
    )
    return replace(decision, **changes)


def review_opinion(**changes: object) -> ReviewOpinion:
    opinion = ReviewOpinion(
        organ="卢龙县测评结果审查小组",
        number="2023Q1-012",
        round_name=ROUND,
        subject="刘翀（县市场监督管理局）",
        proposal="谈心谈话",
        reasons="有效评价110份，服务较差8份，差评占比7.27%，达到测评规则“个人差评占比不低于6.37%”的标准。",
        opinions=(
            GivenOpinion(
                reviewer="李赟", on=dt.date(2023, 4, 11), verdict="成立", reason=None, evidence=None,
                text="企业反映办理时限不明确，查无依法拒绝的事由。",
            ),
            GivenOpinion(
                reviewer="陈燊", on=dt.date(2023, 4, 12), verdict="成立并加注", reason="依法履职行为",
                evidence="冀秦卢市监处罚〔2023〕9号，2023年2月16日", text=None,
            ),
        ),
        recusals=("周犇（与审查对象同一单位）",),
        conclusion="建议成立，处理时说明其中一部分评价可能与依法处罚有关。",
    )  # fmt: skip
    return replace(opinion, **changes)


def clue_transfer(**changes: object) -> ClueTransfer:
    clue = ClueTransfer(
        organ=OFFICE,
        number="2023Q1-线索-001",
        receiver="卢龙县纪委监委",
        round_name=ROUND,
        source="测评问题反映栏（不记名）",
        about="县某局",
        theme="吃拿卡要",
        clue="验收时暗示到指定的饭店安排工作餐，不安排就说资料不全。",
        ground="反映内容涉嫌违反中央八项规定精神，属于纪检监察机关管辖。",
        enclosures=(),
        handed_by="王堃",
        handed_on=dt.date(2023, 4, 10),
    )
    return replace(clue, **changes)


def supervision(**changes: object) -> Supervision:
    chaser = Supervision(
        organ=OFFICE,
        unit="卢龙县市场监督管理局",
        item="2023Q1-017",
        matter="食品经营许可变更从受理到领证超过承诺时限，多次催问没有明确答复",
        owner="李赟　0335-7205678",
        opened_on=dt.date(2023, 4, 6),
        deadline=dt.date(2023, 6, 30),
        days_late=12,
        demand="由主要负责人亲自过问，查明超期原因，公布变更事项的办理时限和查询电话，并逐家回访反映时间段内的申请企业。",
        reply_by=dt.date(2023, 7, 19),
        contact="王堃",
        phone="0335-7201234",
        copies=COPIES,
    )
    return replace(chaser, **changes)


def rectify_report(**changes: object) -> RectifyReport:
    problem = Rectified(
        problem="食品经营许可变更从受理到领证超过承诺时限，多次催问没有明确答复",
        cause="窗口收件后纸质流转，股室之间没有时限提醒",
        measure="全部网上流转，超过承诺时限前一天自动提醒；公布查询电话",
        leader="李赟（副局长）",
        owner="刘翀",
        by=dt.date(2023, 6, 30),
        done="已完成，5月以来变更平均1.5个工作日办结",
        evidence="办件时限统计表",
        feedback="回访3家，2家已解决，1家部分解决",
    )
    report = RectifyReport(
        organ="卢龙县市场监督管理局",
        addressee=OFFICE,
        round_name=ROUND,
        answers="《整改工作提示函》（卢营商函〔2023〕7号）",
        studied_on=dt.date(2023, 4, 24),
        study="局长王堃主持召开党组会议，逐项分析问题成因，确定由副局长李赟牵头整改。",
        problems=(
            problem,
            replace(
                problem, problem="同一月份内不同股室先后到企业检查，内容重复", evidence=None, feedback=None
            ),
        ),
        unfinished=(
            Unfinished(
                problem="检查计划共享平台尚未接入",
                why="需要市级平台开放接口，已书面申请",
                by=dt.date(2023, 9, 30),
            ),
        ),
        life_meeting_on=None,
        contact="周犇",
        phone="0335-7205678",
    )
    return replace(report, **changes)


def delivery_receipt(**changes: object) -> DeliveryReceipt:
    receipt = DeliveryReceipt(
        organ=OFFICE,
        document="整改工作提示函",
        document_number="卢营商函〔2023〕7号",
        document_code="7KQ2 M9XW TB4R",
        dated=dt.date(2023, 4, 20),
        receiver="卢龙县市场监督管理局",
        return_by=dt.date(2023, 4, 25),
        contact="王堃",
        phone="0335-7201234",
    )
    return replace(receipt, **changes)


def ballot_approval(**changes: object) -> BallotApproval:
    approval = BallotApproval(
        organ=OFFICE,
        poll="2023Q1-v1",
        title="卢龙县2023年第一季度企业满意度测评",
        held_on=dt.date(2023, 3, 28),
        venue="县会议中心一楼报告厅",
        seats=110,
        units=33,
        persons=293,
        threshold="三名监督人中任意两名同时到场",
        rules="lulong 2.0版",
        rules_sha256="c1" * 32,
        manifest_sha256="ab" * 32,
        approvals=(
            Signed(name="县长", at="2023-03-20 16:05"),
            Signed(name="县纪委书记", at="2023-03-21 09:10"),
        ),
    )
    return replace(approval, **changes)


def seal_strips(**changes: object) -> SealStrips:
    strips = SealStrips(
        organ=OFFICE,
        title="卢龙县2023年第一季度企业满意度测评",
        poll="2023Q1-v1",
        seals=("F2023-001", "F2023-002", "F2023-003"),
    )
    return replace(strips, **changes)


def destruction_record(**changes: object) -> DestructionRecord:
    record = DestructionRecord(
        organ=OFFICE,
        poll="2023Q1-v1",
        title="卢龙县2023年第一季度企业满意度测评",
        held_on=dt.date(2023, 3, 28),
        kept_until=dt.date(2024, 3, 27),
        reason="保管期限届满，异议已办结。",
        method="逐个文件随机覆盖后删除，纸质选票由两方监督粉碎",
        sealed_sha256="5e" * 32,
        files=(
            DestroyedFile(name="box.sqlite", size="2129920", sha256="d0" * 32),
            DestroyedFile(name="opened/ballots.jsonl", size="412077", sha256="e1" * 32),
        ),
        asked=Signed(name="赵喆（纪委监委）", at="2024-04-02 09:30"),
        confirmed=Signed(name="王堃（我来办）", at="2024-04-02 10:15"),
    )
    return replace(record, **changes)


def impact_assessment(**changes: object) -> ImpactAssessment:
    assessment = ImpactAssessment(
        organ=OFFICE,
        activity="企业满意度测评：企业负责人不记名评价服务单位和工作人员",
        why="利用个人信息进行自动化汇总，对个人权益有重大影响",
        assessed_on=dt.date(2023, 3, 10),
        data=(
            PersonalData(
                data="姓名、职务、负责事项",
                whose="被评工作人员",
                purpose="印制票面、汇总评价",
                ground="履行法定职责",
                kept="30年",
            ),
            PersonalData(
                data="姓名、电话",
                whose="企业联系人",
                purpose="核对参评资格、联系到会",
                ground="履行法定职责",
                kept="退出名册为止",
            ),
        ),
        necessity="为履行优化营商环境的法定职责所必需；不收集参评人的设备、位置和填写时间。",
        risks=(
            Risk(
                risk="从选票推断是谁投的",
                measure="选票加密、票箱不记时间和顺序、小样本合并或不公布",
                rest="低",
            ),
            Risk(
                risk="评价结果被误用于处分",
                measure="系统只提建议，由审查小组研判、当事人陈述后由具名负责人决定",
                rest="中，须保留异议渠道",
            ),
        ),
        rights="被评人员可以查阅本人结果、申请复制和更正、提出异议，有权要求说明，不作完全自动化决定。",
        conclusion="风险可控，同意实施；每年复评一次。",
        kept_until=dt.date(2026, 3, 10),
    )  # fmt: skip
    return replace(assessment, **changes)


def meeting_paper(**changes: object) -> MeetingPaper:
    names = ("县发展和改革局", "县市场监督管理局", "县生态环境局", "县应急管理局")
    units = tuple(
        UnitResult(name=name, good=858 - at, fair=107 + at, poor=25, blank=at, rate=f"{97.47 - at:.2f}")
        for at, name in enumerate(names)
    )
    paper = MeetingPaper(
        organ=OFFICE,
        round_name=ROUND,
        held_on=dt.date(2023, 3, 28),
        seats=110,
        attended=110,
        valid=110,
        rates=(
            Rate(name="非差评率", numerator=31937, denominator=32230, percent="99.09"),
            Rate(name="非常满意率", numerator=28158, denominator=32230, percent="87.37"),
        ),
        definition="非差评率为非常满意和服务一般的票数占有效评价票数的比例。",
        change="非差评率比2022年全年提高3.22个百分点。",
        themes=(Theme(name="办事慢", count=18), Theme(name="多头检查", count=9)),
        measures=(
            MeasureCount(name="整改工作提示函", count=15),
            MeasureCount(name="约谈单位主要负责人", count=6, measure_word="家"),
        ),
        asks=("审议测评结果和拟采取的措施。", "同意在县政府网站公布各类单位结果。"),
        series=tuple(
            SeriesResult(name=name, median="98.90", units=units)
            for name in ("审批服务", "执法监管", "公共服务")
        ),
    )
    return replace(paper, **changes)


PAPERS = {
    "interview minutes": interview_minutes,
    "objection form": objection_form,
    "objection decision": objection_decision,
    "review opinion": review_opinion,
    "clue transfer": clue_transfer,
    "supervision": supervision,
    "rectify report": rectify_report,
    "delivery receipt": delivery_receipt,
    "ballot approval": ballot_approval,
    "seal strips": seal_strips,
    "destruction record": destruction_record,
    "impact assessment": impact_assessment,
    "meeting paper": meeting_paper,
}
