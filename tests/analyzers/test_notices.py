"""What an authority's word on the advertiser asks for, whatever the ad says."""

from datetime import date

import pytest
from msgspec.structs import replace

from analyzers.notices import notices_of
from analyzers.ruleset import load_ruleset
from findings.model.judgement import Listing, Notice
from findings.model.vocabulary import Channel, NoticeKind, Severity

ON = date(2026, 11, 20)
RULESET = load_ruleset()
LISTED = Listing(
    entry_id="negative:1",
    name="满仓投资顾问有限公司",
    authority="虚城金融监管局",
    listed_on=date(2026, 6, 1),
    document="虚金发〔2026〕7号",
    expires=None,
    how="名称",
    by_frame=True,
)


def notices(
    listing: Listing | None, channel: Channel = Channel.WEB, lang: str = "zh", *, promotion: bool = True
) -> tuple[Notice, ...]:
    return notices_of(RULESET, listing, ON, channel, lang, promotion=promotion)


@pytest.mark.parametrize("promotion", [True, False])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_listed_advertiser_is_a_lead_whatever_the_ad_promotes(lang: str, promotion: bool) -> None:
    (notice,) = notices(LISTED, lang=lang, promotion=promotion)
    assert (notice.kind, notice.severity) == (NoticeKind.STOP_PUBLICATION, Severity.HIGH)
    for named in (LISTED.name, LISTED.authority, "虚金发〔2026〕7号", "2026-06-01"):
        assert named in notice.explanation
    assert "{" not in notice.explanation


def test_no_listing_no_notice() -> None:
    assert notices(None) == ()


def test_a_text_that_promotes_nothing_and_quotes_a_listed_code_is_no_ad_of_theirs() -> None:
    quoted = replace(LISTED, by_frame=False)
    assert notices(quoted, promotion=False) == ()
    assert notices(quoted, promotion=True)


def test_a_text_message_is_no_advertising_in_the_sense_of_that_law() -> None:
    assert "广告法" in {basis.law for basis in notices(LISTED)[0].basis}
    assert "广告法" not in {basis.law for basis in notices(LISTED, Channel.SMS)[0].basis}


def test_a_hostile_name_is_shown_as_it_is() -> None:
    odd = replace(LISTED, name="{authority}{0}\\1")
    assert "{authority}{0}\\1" in notices(odd)[0].explanation
