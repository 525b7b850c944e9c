"""Other ratings kept honest: denominators, names of rates, one star a month, draws that repeat."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rates import half_up
from survey.channels import figures, menu, schemes, sheets, spotchecks, stars, windowbooks
from survey.channels.models import Channel, Figure, Indicator, Mark, Star
from survey.errors import Faulty, Forbidden, Invalid, Refused
from survey.poll.models import Stage
from survey.rectify import service as rectify
from survey.rectify.models import Light
from survey.review.models import Case, Measure, MeasureKind
from tests.desk.books import a_book
from tests.desk.review_rooms import AT, TODAY, Room, a_counted_poll, units

BARE = ("98.78", "98.77", "93.92", "99.06")
APRIL = dt.date(2023, 5, 4)


@pytest.fixture
def room(session):
    units(session)
    return Room(session)


def figure(**more: object) -> dict[str, object]:
    return {"评价对象": "全县", "渠道": "好差评", "期间": "2023-03", "指标": "好评率"} | more


def pair(num, den, *, top="好评件数", bottom="评价件数", **more):
    return figure(分子=str(num), 分子含义=top, 分母=str(den), 分母含义=bottom, **more)


def reads(session, *rows, today=TODAY):
    return sheets.read_figures(session, a_book(sheets.FIGURE_TITLE, sheets.FIGURE_COLUMNS, rows), today=today)


def brings(room, *rows):
    return sheets.load_figures(room.session, reads(room.session, *rows), by=room.office, today=TODAY)


def the_fault(session, *rows, today=TODAY):
    with pytest.raises(Faulty) as caught:
        reads(session, *rows, today=today)
    (fault,) = caught.value.faults
    return fault.sentence


def test_bare_percentages_say_they_have_no_denominator_and_are_never_averaged(session, room):
    rows = [figure(百分比=bare, 期间=f"2023-0{n}") for n, bare in enumerate(BARE, 1)]
    taken = brings(room, *rows)
    assert taken.warnings == ["有4个数据只有百分比，记为“未提供分母”，不参加任何合计。"]
    assert {figures.shown(each) for each in figures.every(session)} == {
        f"{bare}%（未提供分母）" for bare in BARE
    }
    ((_, _, pooled),) = figures.totals(session)
    assert (pooled.den, pooled.left_out, pooled.shown) == (0, 4, "未提供分母")


@pytest.mark.parametrize(
    ("bare", "least"), list(zip(BARE, ((81, 82), (80, 81), (139, 148), (105, 106)), strict=True))
)
def test_a_bare_percentage_tells_how_few_it_may_come_from(bare, least):
    assert figures.least_pair(bare) == least


@given(st.integers(1, 400), st.data())
def test_the_least_pair_rounds_to_the_percentage_and_no_smaller_one_does(den, data):
    bare = half_up(100 * data.draw(st.integers(0, den)), den, 2)
    num, least = figures.least_pair(bare)
    assert half_up(100 * num, least, 2) == bare
    assert least <= den
    assert all(half_up(100 * n, d, 2) != bare for d in range(1, min(least, 40)) for n in range(d + 1))


def test_74467_of_74497_is_coverage_and_is_refused_as_a_rate_of_good_ratings(session, room):
    wrong = pair(74467, 74497, top="评价件数", bottom="办件总数")
    assert the_fault(session, wrong) == (
        "74,467÷74,497是评价件数÷办件总数，即参评率99.96%，不能作为好评率；好评率须为好评件数÷评价件数。"
    )
    (right,) = reads(session, wrong | {"指标": "参评率"})
    assert figures.shown(right) == "99.96%（74467/74497）"


def test_a_year_is_its_counts_added_up_never_a_mean_of_rates(session, room):
    brings(room, pair(1, 1, 期间="2023-01"), pair(50, 100, 期间="2023-02"), figure(百分比="98.78"))
    ((channel, indicator, pooled),) = figures.totals(session)
    assert (channel, indicator) == (Channel.WINDOW, Indicator.GOOD)
    assert (pooled.shown, pooled.left_out) == ("50.50%（51/101）", 1)


def test_two_channels_never_share_one_rate(session, room):
    brings(room, pair(9, 10), figure(渠道="12345", 指标="满意率", 百分比="90"))
    with pytest.raises(Refused, match="不能合并"):
        figures.pooled(figures.every(session))


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), min_size=1, max_size=12))
def test_pooled_counts_are_the_sums(pairs):
    made = [
        Figure(channel=Channel.WINDOW, subject="x", period=str(n), indicator=Indicator.GOOD,
               num=min(a, b), den=b)
        for n, (a, b) in enumerate(pairs)
    ]  # fmt: skip
    found = figures.pooled(made)
    assert (found.num, found.den) == (sum(min(a, b) for a, b in pairs), sum(b for _, b in pairs))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (pair(83, 82), "不大于分母"),
        (figure(分子="81", 分子含义="好评件数"), "没有填写分母"),
        (figure(), "都没有填写"),
        (pair(81, 82, 百分比="99.00"), "98.78%，与填写的99.00%不符"),
        (figure(百分比="120"), "不是百分比"),
        (pair("98.78%", 82), "不是整数"),
        (pair(81, 82, 评价对象="没有的局"), "名册中没有"),
    ],
)
def test_a_figure_that_does_not_hold_together_is_refused(session, room, row, words):
    with pytest.raises(Faulty) as caught:
        reads(session, row)
    assert any(words in fault.sentence for fault in caught.value.faults)


def test_2774_and_1544_are_4318_and_a_breakdown_that_does_not_add_up_is_refused(session, room):
    row = pair(4000, 4318, 渠道="12345", 指标="满意率", top="满意件数", bottom="回访件数", 分项="2774+1544")
    (found,) = reads(session, row)
    assert figures.split_sum(found.split) == 4318
    assert "分项之和不等于分母4319" in the_fault(session, row | {"分母": "4319"})


def test_the_calls_of_a_year_are_their_five_kinds_and_grew_by_a_fifth():
    assert figures.split_sum("460+38+3+4+1") == 506
    assert figures.growth(506, 420) == "+20.48%"
    assert figures.growth(420, 506) == "-17.00%"


@pytest.mark.parametrize(("num", "urgent"), [(84, True), (85, False)])
def test_a_week_below_85_percent_is_put_right_at_once(num, urgent):
    week = Figure(
        channel=Channel.CALLS, subject="全县", period="2023-W12", indicator=Indicator.SATISFIED,
        num=num, den=100,
    )  # fmt: skip
    assert figures.urgent(week) is urgent


def test_calendar_days_against_working_days_are_warned_of_with_the_right_share(session, room):
    since = dt.date(2023, 2, 20)
    assert figures.working_days(since, 180) == 126
    row = pair(167, 180, 指标="时限压缩率", top="压缩工作日", bottom="法定自然日")
    sentence = the_fault(session, row, today=since)
    assert "(180-13)÷180＝92.8%把自然日和工作日混在一起" in sentence
    assert "(126-13)÷126＝89.7%" in sentence
    (right,) = reads(session, row | {"分子": "113", "分母": "126", "分母含义": "法定工作日"})
    assert figures.shown(right) == "89.68%（113/126）"


def month(badge, *, good=99, volume=200, on_time=None, when="2023-04", rated=100):
    return {
        "工号": badge, "姓名": f"窗口{badge}", "单位": "水务局", "月份": when, "办件数": str(volume),
        "按期办结": str(volume if on_time is None else on_time), "评价数": str(rated), "好评数": str(good),
    }  # fmt: skip


def works(room, *rows):
    book = a_book(windowbooks.WORKLOAD_TITLE, windowbooks.WORKLOAD_COLUMNS, rows)
    read = windowbooks.read_workloads(room.session, book, today=APRIL)
    return windowbooks.load_workloads(room.session, read, by=room.office, today=APRIL)


def names(room, badge="W1", *, when="2023-04", consent="同意书1号"):
    return stars.name_star(room.session, when, badge, consent=consent, by=room.leader, today=APRIL)


def test_at_most_one_star_a_month_the_first_by_the_rule_and_with_consent(session, room):
    late, few = month("W3", good=100, on_time=199), month("W4", volume=99, rated=50, good=50)
    works(room, month("W1"), month("W2", good=98), late, few)
    assert [row.badge for row in stars.candidates(session, "2023-04")] == ["W1", "W2"]
    with pytest.raises(Refused, match="只能确定符合条件的第一名"):
        names(room, "W2")
    with pytest.raises(Invalid, match="本人同意"):
        names(room, consent=" ")
    assert names(room).name == "窗口W1"
    with pytest.raises(Refused, match="每月至多一名"):
        names(room)
    assert len(stars.stars(session)) == 1


def test_a_tie_is_broken_by_volume_and_the_rest_may_be_either(session, room):
    works(room, month("W1"), month("W2", volume=300), month("W3", volume=300))
    assert [row.badge for row in stars.best(session, "2023-04")] == ["W2", "W3"]


def test_no_star_without_a_candidate_nor_before_the_month_is_over(session, room):
    works(room, month("W1", volume=50, rated=20, good=20))
    with pytest.raises(Refused, match="只能确定"):
        names(room)
    with pytest.raises(Refused, match="还没有结束"):
        names(room, when="2023-05")


def test_a_star_without_consent_cannot_even_be_stored(session, room):
    from sqlalchemy.exc import IntegrityError

    bad = Star(
        month="2023-01", badge="x", name="x", unit_id=1, ground="", consent=False,
        decided_by=room.leader.id, decided_on=TODAY,
    )  # fmt: skip
    session.add(bad)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize(
    ("months", "verified", "step"),
    [
        (1, True, ""),
        (2, False, ""),
        (2, True, ""),
        (3, False, "提醒谈话"),
        (3, True, "可提请研究调整岗位"),
        (9, False, "提醒谈话"),
    ],
)
def test_rank_alone_leads_to_a_talk_and_a_move_needs_three_in_a_row_and_a_finding(months, verified, step):
    assert stars.step(months, verified=verified) == step


def test_three_months_last_in_a_row_are_counted_and_a_gap_begins_anew(session, room):
    for when in ("2022-12", "2023-02", "2023-03", "2023-04"):
        works(room, month("W1", when=when), month("W2", good=98, when=when), month("W3", good=50, when=when))
    ((last,),) = [stars.last_places(session)]
    assert (last.workload.badge, last.months, last.verified, last.step) == ("W3", 3, False, "提醒谈话")
    poll = a_counted_poll(session)
    case = Case(poll_id=poll.id, kind="person", subject="W3", subject_name="窗口", unit_code="U1", rung=2,
                name="约谈教育", rule="x", lane="direct", text="x")  # fmt: skip
    session.add(case)
    session.flush()
    session.add(
        Measure(case_id=case.id, poll_id=poll.id, kind=MeasureKind.ADMONITION, subject="W3", unit_code="U1",
                decided_by=room.leader.id, decided_at=AT, verification="核实属实")
    )  # fmt: skip
    session.flush()
    assert stars.last_places(session)[0].step == "可提请研究调整岗位"


def closed_tasks(room, count):
    poll = a_counted_poll(room.session, stage=Stage.RECTIFYING)
    clerk = room.clerk_of("U1")
    for n in range(count):
        task = rectify.open_task(
            room.session, poll=poll, unit=units(room.session)["U1"], title=f"事项{n}", owner="李致远",
            phone="0335-7201234", deadline=TODAY, theme="收费", by=room.office, today=TODAY,
        )  # fmt: skip
        rectify.report_step(room.session, task, text="已办", by=clerk, today=TODAY)
        rectify.verify(room.session, task, text="属实", by=room.office, today=TODAY)


def test_a_draw_repeats_from_its_seed_and_an_item_that_fails_is_red_again(session, room):
    closed_tasks(room, 8)
    check = spotchecks.begin(session, size=3, seed="20230403开奖", by=room.inspector, today=TODAY)
    drawn = spotchecks.items(session, check)
    assert len(drawn) == 3
    assert spotchecks.repeats(session, check)
    first, second, _ = drawn
    with pytest.raises(Forbidden):
        spotchecks.record(
            session, check, first.task.id, passed=True, note="看过", by=room.office, today=TODAY
        )
    spotchecks.record(session, check, first.task.id, passed=True, note="看过", by=room.inspector, today=TODAY)
    spotchecks.record(
        session, check, second.task.id, passed=False, note="没有公示", by=room.inspector, today=TODAY
    )
    assert first.task.light(TODAY) is Light.GREEN
    assert second.task.light(TODAY) is Light.RED
    with pytest.raises(Refused, match="已经登记"):
        spotchecks.record(
            session, check, first.task.id, passed=True, note="再看", by=room.inspector, today=TODAY
        )


@given(st.sets(st.integers(1, 500), min_size=1, max_size=60), st.text(min_size=1, max_size=9), st.data())
def test_a_draw_takes_each_item_at_most_once_and_does_not_mind_the_order(population, seed, data):
    size = data.draw(st.integers(1, len(population)))
    drawn = spotchecks.draw(sorted(population), size, seed)
    assert len(set(drawn)) == size
    assert set(drawn) <= population
    assert drawn == spotchecks.draw(sorted(population, reverse=True), size, seed)


def test_a_draw_wants_a_seed_and_no_more_items_than_there_are(session, room):
    closed_tasks(room, 2)
    with pytest.raises(Invalid, match="种子"):
        spotchecks.begin(session, size=1, seed=" ", by=room.leader, today=TODAY)
    with pytest.raises(Refused, match="1至2之间"):
        spotchecks.begin(session, size=3, seed="1", by=room.leader, today=TODAY)
    with pytest.raises(Forbidden):
        spotchecks.begin(session, size=1, seed="1", by=room.auditor, today=TODAY)


def service_row(n, **more):
    return {
        "编号": f"S{n:03}", "服务名称": f"服务{n}", "责任单位": "水务局", "联系人": "李致远",
        "联系电话": "0335-7201234",
    } | more  # fmt: skip


def offers(room, rows):
    book = a_book(windowbooks.MENU_TITLE, windowbooks.MENU_COLUMNS, rows)
    read = windowbooks.read_menu(room.session, book)
    return windowbooks.load_menu(room.session, read, by=room.office, today=TODAY)


def test_a_menu_of_246_services_comes_in_whole_and_no_service_lacks_unit_contact_or_phone(session, room):
    assert offers(room, [service_row(n) for n in range(246)]).counts == {"新增": 246}
    assert len(menu.menu(session)) == 246
    for gap in ("责任单位", "联系人", "联系电话"):
        with pytest.raises(Faulty) as caught:
            offers(room, [service_row(n) for n in range(245)] + [service_row(245, **{gap: ""})])
        assert [(f.row, f.column) for f in caught.value.faults] == [(247, gap)]
    assert offers(room, [service_row(n) for n in range(245)]).counts == {"更新": 245, "停供": 1}
    assert len(menu.menu(session)) == 245


def test_an_order_takes_one_rating_after_it_was_served(session, room):
    offers(room, [service_row(1)])
    made = menu.order(session, "S001", by=room.office, today=TODAY)
    with pytest.raises(Refused, match="还没有办结"):
        menu.rate(session, made, mark=Mark.GOOD, by=room.office)
    menu.serve(session, made, by=room.office, today=TODAY)
    menu.rate(session, made, mark=Mark.POOR, by=room.office)
    with pytest.raises(Refused, match="一单只评一次"):
        menu.rate(session, made, mark=Mark.GOOD, by=room.office)
    assert made.mark is Mark.POOR


def test_ratings_of_a_service_are_shown_from_five_on(session, room):
    offers(room, [service_row(1)])
    for n in range(5):
        (dish,) = menu.menu(session)
        assert dish.shown_marks == ("—" if n == 0 else "少于5个评价，不显示")
        made = menu.order(session, "S001", by=room.office, today=TODAY)
        menu.serve(session, made, by=room.office, today=TODAY)
        menu.rate(session, made, mark=Mark.FAIR, by=room.office)
    assert menu.menu(session)[0].shown_marks == "非常满意0，服务一般5，服务较差0"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("企业评价 40\n部门互评 40\n领导评价 20", "必须大于其他每一项"),
        ("企业评价 40\n部门互评 30\n领导评价 20", "合计90"),
        ("部门互评 60\n领导评价 40", "权重为0"),
    ],
)
def test_the_enterprises_weight_is_the_largest_or_there_is_no_scheme(session, room, text, words):
    weights = schemes.weights_of(text)
    with pytest.raises(Refused, match=words):
        schemes.decide(session, year=2023, weights=weights, by=room.leader, today=TODAY)


def test_a_scheme_is_fixed_once_and_beforehand(session, room):
    weights = schemes.weights_of("企业评价 50%\n部门互评　30\n\n领导评价 20")
    assert weights == {"企业评价": 50, "部门互评": 30, "领导评价": 20}
    schemes.decide(session, year=2023, weights=weights, by=room.leader, today=TODAY)
    with pytest.raises(Refused, match="不能改动"):
        schemes.decide(session, year=2023, weights=weights, by=room.leader, today=TODAY)
    with pytest.raises(Refused, match="已经过去"):
        schemes.decide(session, year=2022, weights=weights, by=room.leader, today=TODAY)
    with pytest.raises(Invalid, match="看不懂"):
        schemes.weights_of("企业评价：五十")
