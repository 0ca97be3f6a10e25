"""Which channel the words of common systems are, and which words a run tells of as unmapped."""

import csv
from pathlib import Path

import pytest

from scripts.run import unmapped_sources
from scripts.seeds.overlay import SEEDS
from tests.warehouse import build

WORDS = {
    "direct": ["(direct) / (none)", "Direct", "DIRECT_TRAFFIC"],
    "email": ["newsletter / email", "Email", "EMAIL_MARKETING"],
    "event": ["Trade Show", "Seminar - Internal"],
    "organic_search": ["google / organic", "bing / organic", "Organic Search", "ORGANIC_SEARCH"],
    "organic_social": ["Organic Social", "SOCIAL_MEDIA"],
    "paid_search": ["google / cpc", "bing / cpc", "PAID_SEARCH", "Google Ads", "Bing Ads"],
    "paid_social": ["Paid Social", "PAID_SOCIAL", "LinkedIn Ads", "facebook", "IG", "fb", "meta"],
    "partner": ["Partner Referral"],
    "referral": ["Referral", "REFERRALS", "Employee Referral", "External Referral"],
    "ai_search": ["AI_REFERRALS"],
    "offline": ["OFFLINE"],
    "other": ["OTHER_CAMPAIGNS", "Other", "Advertisement", "Unassigned"],
    "phone": ["Phone Inquiry"],
    "public_relations": ["Public Relations"],
    "purchased_list": ["Purchased List"],
    "website": ["Web"],
}
OWN = [f"own {number:02}" for number in range(9)]


def test_common_words_are_mapped_and_others_told_by_how_many_leads_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [word for words in WORDS.values() for word in words]
    sources += ["google", "Google", *OWN, "tiktok", "tiktok", "tiktok"]
    leads = [
        {"lead_id": f"l{number:03}", "created_at": "2025-01-01", "lead_source": source}
        for number, source in enumerate(sources)
    ]
    spend = [{"spend_date": "2025-01-01", "channel": "billboard", "amount": 1, "currency": "EUR"}]
    raw = {"leads": [*leads, {"lead_id": "none", "created_at": "2025-01-01"}]}
    with build(
        tmp_path, {**raw, "marketing_spend": spend}, select=("+int_lead_profiles",)
    ) as warehouse:
        found = dict(
            warehouse.sql(
                "select lead_source, channel from intermediate.int_lead_profiles"
            ).fetchall()
        )
    expected = {word: channel for channel, words in WORDS.items() for word in words}
    assert {word: found[word] for word in expected} == expected
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    assert unmapped_sources() == [
        "tiktok (3 leads)",
        "Google (2 leads)",
        *(f"{source} (1 lead)" for source in OWN[:8]),
        "and 2 more",
    ]
    assert unmapped_sources(most=12)[-2:] == [
        "own 08 (1 lead)",
        "billboard (spend or traffic, no leads)",
    ]


def test_every_channel_that_words_are_mapped_to_is_a_word_of_it_too() -> None:
    with (SEEDS / "mapping" / "channels.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["lead_source"]: row["channel"] for row in csv.DictReader(stream)}
    assert {channel for channel in rows.values() if rows.get(channel) != channel} == set()
