"""The policy is data: what it may say, and the one sentence that refuses what it may not."""

import hashlib

import pytest

from scoring import rules
from scoring.schema import RulesFault
from tests.scoring.polls import EXPECTED, POLICY, REPLAY_POLICY, REPLAY_RULES, RULES


def test_a_policy_is_known_by_the_digest_of_its_text():
    assert RULES.sha256 == EXPECTED["rules"]["sha256"] == hashlib.sha256(POLICY.encode()).hexdigest()
    assert (RULES.id, RULES.version, RULES.effective_from) == ("lulong-default", "2024.1", "2024-01-01")


def test_the_default_policy_holds_the_numbers_of_the_specification():
    first, second, third = RULES.person.rungs
    assert (first.line, first.conf, first.min_poor, first.drop_k, first.drop_conf) == (0.05, 0.95, 3, 1, 0.90)
    assert (second.line, second.min_poor, second.drop_k, second.follows) == (0.10, 4, 2, first.name)
    assert (third.tested, third.history.times, third.history.within_periods) == (False, 2, 4)
    assert [(rung.line, rung.drop_k) for rung in RULES.unit.rungs] == [(0.10, 1), (0.15, 2), (0.20, 2)]
    assert (RULES.unit.min_n, RULES.unit.min_officials) == (20, 2)


def test_a_threshold_policy_has_no_evidence_rules():
    assert REPLAY_RULES.evidence is None
    assert [rung.consecutive for rung in REPLAY_RULES.person.rungs] == [1, 2]


REFUSED = [
    ("min_n = 10 ", "min_m = 10 ", "缺少“person.min_n”"),
    ("min_n = 10 ", "min_n = 10\nmin_m = 3 ", "未知项“person.min_m”"),
    ("severity_alpha = 0.01", "severity_alpha = 1.5", "“evidence.severity_alpha”应在0与1之间"),
    ("line = 0.05", "line = 0", "“person.rung[0].line”应在0与1之间"),
    ("line = 0.05", "line = 1.0", "“person.rung[0].line”应在0与1之间"),
    ("conf = 0.95", "conf = 0.3", "不得低于0.5"),
    ("min_poor = 3", "min_poor = 0", "“person.rung[0].min_poor”应为不小于1的整数"),
    ("min_poor = 3", "min_poor = true", "“person.rung[0].min_poor”应为不小于1的整数"),
    ("line = 0.10\nconf", "line = 0.04\nconf", "须逐档升高"),
    ("drop_k = 1\ndrop_conf", "drop_k = 3\ndrop_conf", "须小于最少差评数3"),
    ('rung="谈心谈话", periods=2', 'rung="谈话", periods=2', "“谈话”不是前面已有的一档"),
    ('rung="约谈教育", times=2', 'rung="约谈教育", times=5', "永远达不到"),
    ("automatic = false", "automatic = true", "调整岗位只能由人决定"),
    ('max_rung = "谈心谈话"', 'max_rung = "谈话"', "不是前面已有的一档"),
    ("min_periods_with_poor = 2", "min_periods_with_poor = 5", "互相矛盾"),
    ("score=0,   satisfied=false", "score=50, satisfied=false", "最差选项“服务较差”计入了分值"),
    ("score=0,   satisfied=false", "score=0, satisfied=true", "最差选项“服务较差”计入了分值或满意"),
    ("score=60,  satisfied", "score=120, satisfied", "由好到差不增"),
    ('code="B"', 'code="D"', "须依次为 A、B、C"),
    ("satisfied=false, poor=true", "satisfied=false, poor=false", "只有最差一项 C"),
    ('satisfaction = "satisfied_over_valid"', 'satisfaction = "stars"', "只能是satisfied_over_valid"),
    (
        'satisfaction = "satisfied_over_valid"',
        'satisfaction = "weighted_score"\nsatisfaction_name = "满意率"',
        "加权得分是得分，不能叫“满意率”",
    ),
    ("round_display = 2", "round_display = 0", "保留两位小数"),
    ("min_cell = 5", "min_cell = 4", "“publish.min_cell”应为不小于5的整数"),
    ("officials_public = false", "officials_public = true", "个人结果只给本人"),
    ("per_ballot_rows = false", "per_ballot_rows = true", "整张票不得公布"),
    ('on_fail = "review"', 'on_fail = "ignore"', "只能是review"),
    ("schema = 1", "schema = 2", "读不懂第“2”版格式"),
    ('id = "lulong-default"', 'id = ""', "“id”应为文字"),
    ("effective_from = 2024-01-01", "effective_from = 2024", "应为日期"),
    ("report_q = true", "report_q = 1", "应为 true 或 false"),
    ('requires = ["verified"]', 'requires = "verified"', "应为文字列表"),
    ("[reward]", "[rewards]", "未知项“rewards”"),
    ("[person]", "[person", "不是正确的 TOML 文件"),
    ("[[unit.rung]]", "[[unit.step]]", "缺少“unit.rung”"),
]


@pytest.mark.parametrize(("was", "becomes", "sentence"), REFUSED, ids=[entry[1] for entry in REFUSED])
def test_a_policy_that_cannot_be_right_is_refused_with_one_sentence(was, becomes, sentence):
    assert was in POLICY
    with pytest.raises(RulesFault) as fault:
        rules.load(POLICY.replace(was, becomes))
    assert sentence in fault.value.sentence
    assert "\n" not in fault.value.sentence


def test_a_scale_whose_worst_option_counts_may_not_be_called_a_satisfaction_rate():
    named = 'satisfaction = "satisfied_over_valid"\nsatisfaction_name = "满意率"'
    policy = REPLAY_POLICY.replace('satisfaction = "satisfied_over_valid"', named)
    assert rules.load(policy).scale.satisfaction_name == "满意率"
    with pytest.raises(RulesFault, match="不能叫“满意率”"):
        rules.load(policy.replace("score=0, ", "score=50, "))
