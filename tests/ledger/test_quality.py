"""What alarms were worth, by rule, as the log tells it."""

from __future__ import annotations

from tests.support.alarm_lives import acknowledged, receipt, step
from tests.support.alerts import T0_MS
from wardwatch.core.alarming.commands import Label
from wardwatch.core.quality import WITHIN_S
from wardwatch.ledger.ledger import Ledger
from wardwatch.ledger.period import Period
from wardwatch.ledger.quality import quality

DAY = Period(since_ms=T0_MS, until_ms=T0_MS + 86_400_000)


def test_alarms_of_a_period_are_counted_by_the_rule_that_alarmed() -> None:
    ledger = Ledger()
    for event in (
        step(0, "start", sequence=1),
        acknowledged(10, sequence=2),
        step(500, "end", sequence=3),
        step(1000, "start", sequence=4, episode=1),
        acknowledged(1040, sequence=5, episode=1),
        step(10, "start", sequence=1, patient="p-2", condition="news2.high"),
        step(-10, "start", sequence=1, patient="p-3"),  # before the period
        step(10, sequence=1, patient="p-4"),  # its start is lost
    ):
        ledger.take(event)
    ledger.answer(receipt("c-1", 600, label=Label.ARTEFACT))
    ledger.answer(receipt("c-2", 700, label=Label.ACTIONABLE))
    rules = quality(ledger.episodes(), DAY)
    assert [*rules] == ["heart_rate.high", "news2.high"]
    high, news2 = rules["heart_rate.high"], rules["news2.high"]
    assert (high.counts.alarms, high.counts.acknowledged, high.median_wait_s) == (2, 2, 25.0)
    assert high.counts.acknowledged_within[WITHIN_S.index(15)] == 1
    assert high.counts.acknowledged_within[WITHIN_S.index(60)] == 1
    assert (high.counts.labels[Label.ACTIONABLE], high.counts.labels[Label.ARTEFACT]) == (1, 0)
    assert (news2.counts.alarms, news2.counts.acknowledged, news2.median_wait_s) == (1, 0, None)
