"""Faulty seeds, each with the exact lines that an analyst reads.

Every case changes the small seeds of `GOOD`, which are without fault.
"""
# ruff: noqa: E501 (a message is written as an analyst reads it: on one line)

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from typer.testing import CliRunner

from scripts.commands import app
from scripts.seeds.check_seeds import check_seeds, seed_files
from scripts.seeds.checks.mapping import SEGMENT_LEVELS
from scripts.seeds.checks.seeds import profile_attributes, read_seeds
from scripts.seeds.landed import warnings_for_landed
from scripts.shared.errors import UserError
from scripts.shared.paths import PROJECT
from tests.warehouse import Row, build

GOOD = {
    "score_models": """
score_model,description,role,traffic_share,min_score,max_score,scale,live_from
main,The one that counts,champion,,0,100,clamp,
other,The one on trial,challenger,0.1,0,100,rescale,2025-01-01
""",
    "score_groups": """
score_model,score_group,kind,min_points,max_points,weight
main,fit,fit,,60,1
main,engagement,engagement,-50,50,
other,fit,fit,0,80,1.5
other,engagement,engagement,,,1
""",
    "attribute_points": """
score_model,rule_id,score_group,attribute,operator,value,lower,upper,region,valid_from,valid_to,effect,points,locked,reason
main,heads,fit,seniority,in,vp|director,,,,,,points,12,no,Heads a department
main,small,fit,employee_count,between,,10,49,,,,points,3,no,Company of 10 to 49 people
main,medium,fit,employee_count,between,,50,499,,,,points,6,no,Company of 50 to 499 people
main,medium,fit,employee_count,between,,50,399,Europe,,,points,8.25,no,Company of 50 to 399 people in Europe
main,large,fit,employee_count,at_least,,500,,,,,,9,no,Company of 500 people or more
main,rival,fit,email_domain_kind,equals,competitor,,,,,,disqualify,,yes,Works for a competitor
main,nowhere,fit,country,is_missing,,,,,2025-01-01,2025-12-31,,-2,,Did not say where they are
main,keen,engagement,visits_last_7_days,at_least,,3,,,,,points,5,no,Visited often this week
other,keen,fit,in_segment:keen,equals,yes,,,,,,points,20,no,Is keen
""",
    "event_points": """
score_model,rule_id,score_group,event_key,region,valid_from,valid_to,points,window_days,max_per_day,max_events,decay,decay_days,decay_rate,min_points,max_points,locked,reason
main,pricing,engagement,pricing_page,,,,6,60,1,4,linear,60,,,20,no,Looked at prices
main,webinar,engagement,webinar_attendance,,,,7,90,,2,step,30,0.25,,,no,Attended a webinar
main,unsubscribed,engagement,email_unsubscribe,,,,-25,,1,1,,,,,,yes,Unsubscribed from our emails
other,pricing,engagement,pricing_page,,,,5,30,1,,none,,,,,no,Looked at prices
""",
    "inactivity_points": """
score_model,rule_id,score_group,event_key,silent_days,requires_event_key,region,valid_from,valid_to,points,locked,reason
main,silent,engagement,any_engagement,30,,,,,-4,no,Nothing heard for 30 days
main,unopened,engagement,email_open,30,email_sent,Europe,,,-6,no,Opened none of our emails for 30 days
""",
    "score_bands": """
score_model,region,band,band_order,lower_bound,next_action
main,,cold,1,,Wait
main,,warm,2,25,Write
main,,hot,3,50,Call
main,Europe,hot,3,60,Call
other,,cold,1,,Wait
other,,hot,2,50,Call
""",
    "grade_bounds": """
score_model,kind,grade,lower_bound
main,fit,A,30
main,fit,B,
main,engagement,A,20
main,engagement,B,
""",
    "grade_matrix": """
score_model,fit_grade,engagement_grade,priority
main,A,A,1
main,A,B,2
main,B,A,2
main,B,B,3
""",
    "golden_leads": """
persona,description,attribute,value,event_key,days_before,occurrences,expected_band,score_model
ann,"Fit 12, engagement 6",seniority,director,,,,cold,main
ann,"Fit 12, engagement 6",,,pricing_page,0,1,cold,main
bob,Disqualified,email_domain_kind,competitor,,,,disqualified,main
cy,On trial,country,DE,,,,disqualified,other
""",
    "event_keys": """
event_key,event_type,page_glob,property,property_glob,is_engagement,funnel_position,min_duration_seconds,follows_event_key,within_days,description
pricing_page,page_visit,*/pricing,,,yes,bottom,,,,Looked at prices
email_open,email_open,,,,yes,top,,,,Opened an email
email_sent,email_sent,,,,no,,,,,Was sent an email
email_unsubscribe,email_unsubscribe,,,,no,,,,,Unsubscribed
webinar_attendance,webinar_attendance,,,,yes,middle,60,,,Attended a webinar
pricing_after_webinar,page_visit,*/pricing,,,yes,bottom,,webinar_attendance,7,Looked at prices after a webinar
newsletter_open,email_open,,email,newsletter*,yes,top,,,,Opened the newsletter
proposal,opportunity_stage,,stage,proposal,no,,,,,Got a proposal
""",
    "event_measures": """
measure,statistic,event_key,per_event_key,window_days,description
visits_last_7_days,count,page_visit,,7,Visits of the last 7 days
open_ratio,ratio,email_open,email_sent,90,Opens per email
""",
    "segments": """
segment,attribute,operator,value,lower,upper,event_key,window_days,description
keen,visits_last_7_days,at_least,,2,,,,Visited twice this week
keen,,,,,,pricing_page,30,and looked at prices
""",
    "lifecycle_stages": """
stage,source,value,priority,description
mql,band,hot,1,Reached the band hot
sql,feedback,accepted,1,Sales accepted the lead
sql,event_key,webinar_attendance,2,Attended a webinar
sql,segment,keen,3,Is keen
opportunity,opportunity_stage,Any name,1,Reached a stage
customer,payment,made,1,Paid
""",
    "kpi_events": """
kpi_event,event_key,description
email_opened,email_open,Opened an email
contact,email_sent,Was sent an email
""",
    "title_keywords": """
keyword,language,attribute,value,priority,description
director,en,seniority,director,2,
vice president,en,seniority,vp,1,
ผู้อำนวยการ,th,seniority,director,2,director
Διευθυντής,el,seniority,director,2,director
總經理,zh,title_role,general_manager,1,general manager
Geschäftsführer,de,title_role,ceo,1,chief executive
""",
    "countries": """
country_code,country,aliases,region,currency,time_zone,consent_basis
DE,Germany,Deutschland|Allemagne,Europe,EUR,Europe/Berlin,opt_in
US,United States,USA|America,North America,USD,America/New_York,opt_out
""",
    "channels": """
lead_source,channel
google,organic_search
google ads,paid_search
""",
    "email_domains": """
domain,kind
gmail.com,free
rival.example,competitor
""",
    "protected_attributes": """
attribute_words,reason
gender,Sex or gender
date of birth,Age
""",
    "contact_consent": """
country_code,contact_channel,consent_basis,reason
,phone,,As the country says
,email,opt_in,We ask first
US,email,opt_out,They may object
""",
    "naive_bayes_fields": """
field,kind,attribute,description
stage,stage,lifecycle_stage,How far it came
team,team,owner_id,Who works on it
country,value,country,Where it is
has email,state,email_domain_kind,Kind of address or none
tag,tags,campaign,What sales wrote on it
""",
    "naive_bayes_stages": """
stage,team,sequence,is_won
lead,,1,no
demo,Berlin,2,no
customer,,3,yes
""",
    "consent_words": """
word,consent
given,given
no thanks,withdrawn
""",
    "identity_placeholders": """
value
noemail
""",
    "role_mailboxes": """
local_part
info
sales
""",
    "employee_bands": """
band,lower,upper
1-9,1,9
10-49,10,49
50+,50,
""",
    "exchange_rates": """
rate_date,from_currency,to_currency,rate
2025-01-01,EUR,USD,1.04
2025-01-01,USD,EUR,0.9615
""",
    "retention": """
country_code,retention_days,basis
DE,700,by law
""",
    "routing_rules": """
rule_id,rule_order,assign_to,region,industry,language,employee_band,band,rep_region,rep_language,rep_expertise,description
owner,1,lead_owner,,,,,,,,,The CRM names its owner
near,2,reps,Europe|North America,,,10-49|50+,hot,same,en|de,,They work near it
anyone,3,reps,,,,,,,,,Whoever has room
""",
    "next_actions": """
action_id,action_order,action,channels,stage,band,min_score,last_event_key,within_days,silent_days,reason
customer,1,,,customer|lost,,,,,,No leads
call,2,Call,phone|email,,,,pricing_page,3,,Looked at prices
hot,3,,email,,warm|hot,25,,,,Is warm
wake,4,Re-engage,email,,,,,,14,Is silent
""",
    "contact_hours": """
contact_channel,country_code,opens_at,closes_at
phone,,09:00,17:00
phone,US,08:00,17:30
""",
    "leaks": """
leak,gravity,label,what_to_do
deal_idle,1,Deal without activity,Call
""",
    "dispositions": """
word,verdict
no answer,none
""",
    "experiments": """
experiment_id,starts_on,ends_on,held_out_share,entry_stage,outcome,horizon_days,description
first,2025-01-01,2025-03-31,0.1,mql,customer,60,Does it pay?
""",
    "export_fields": """
destination,field,mart,mart_column,sent_for
hubspot,warehouse_score,lead_score,score,min_change
hubspot,warehouse_reasons,lead_score,top_reasons,
""",
    "alerts": """
kind,band,days
entered_band,hot,3
untouched,hot,
over_capacity,,
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of seeds without fault."""
    for name, text in GOOD.items():
        file = tmp_path / "seeds" / read_seeds()[name].path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip(), "utf-8")
    return tmp_path / "seeds"


def place(folder: Path, seed: str) -> Path:
    return folder / read_seeds()[seed].path


def change(folder: Path, seed: str, old: str, new: str) -> None:
    """Replace a text that stands in the seed once."""
    text = place(folder, seed).read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {seed}"
    place(folder, seed).write_text(text.replace(old, new), "utf-8")


def errors(folder: Path) -> list[str]:
    return [str(finding) for finding in check_seeds(folder).errors]


def warnings(folder: Path) -> list[str]:
    return [str(finding) for finding in check_seeds(folder).warnings]


def test_good_seeds_have_no_findings(folder: Path) -> None:
    assert errors(folder) == []
    assert warnings(folder) == []


def test_a_rule_of_a_band_that_is_no_more_is_told_and_used(folder: Path) -> None:
    change(folder, "routing_rules", "10-49|50+,hot", "10-49|50+,boiling")
    change(folder, "next_actions", "warm|hot", "warm|hot|boiling")
    assert errors(folder) == []
    bands = "no band of score_bands; it may be cold, warm or hot"
    assert warnings(folder) == [
        f"seeds/sales/next_actions.csv line 4, column band: 'warm|hot|boiling' holds 'boiling', which is {bands}",
        f"seeds/sales/routing_rules.csv line 3, column band: 'boiling' is {bands}",
    ]


def test_the_seeds_of_the_project_have_no_errors() -> None:
    assert errors(PROJECT / "seeds") == []


# What is changed in a seed: the text before and after. Then all that check-seeds says.
FAULTS = {
    # Cells
    "unknown decay": (
        ("event_points", ",linear,", ",expo,"),
        "seeds/points/event_points.csv line 2, column decay: 'expo' is no decay; it may be none, linear, exponential or step",
    ),
    "unknown operator": (
        ("attribute_points", "country,is_missing", "country,is_empty"),
        "seeds/points/attribute_points.csv line 8, column operator: 'is_empty' is no operator; it may be equals, in, contains, between, at_least, at_most, is_set or is_missing",
    ),
    "unknown effect": (
        ("attribute_points", ",disqualify,", ",Disqualify,"),
        "seeds/points/attribute_points.csv line 7, column effect: 'Disqualify' is no effect; it may be points, disqualify or junk",
    ),
    "unknown role": (
        ("score_models", "challenger", "chalenger"),
        "seeds/points/score_models.csv line 3, column role: 'chalenger' is no role; it may be champion, challenger or off",
    ),
    "unknown scale": (
        ("score_models", ",clamp,", ",cut,"),
        "seeds/points/score_models.csv line 2, column scale: 'cut' is no scale; it may be clamp or rescale",
    ),
    "unknown kind of group": (
        ("score_groups", "main,fit,fit", "main,fit,profile"),
        "seeds/points/score_groups.csv line 2, column kind: 'profile' is no kind; it may be fit or engagement",
    ),
    "neither yes nor no": (
        ("attribute_points", "12,no", "12,TRUE"),
        "seeds/points/attribute_points.csv line 2, column locked: 'TRUE' is not allowed; it may be yes or no",
    ),
    "unknown model": (
        ("attribute_points", "main,heads", "mian,heads"),
        "seeds/points/attribute_points.csv line 2, column score_model: 'mian' is no score_model; it may be main or other",
    ),
    "unknown region": (
        ("score_bands", "Europe", "Europa"),
        "seeds/points/score_bands.csv line 5, column region: 'Europa' is no region; it may be Europe or North America",
    ),
    "misspelt attribute": (
        ("attribute_points", "seniority", "senority"),
        "seeds/points/attribute_points.csv line 2, column attribute: 'senority' is no attribute; it may be seniority",
    ),
    "attribute in capitals": (
        ("attribute_points", "country", "Country"),
        "seeds/points/attribute_points.csv line 8, column attribute: 'Country' is no attribute; it may be country",
    ),
    "misspelt measure": (
        ("attribute_points", "visits_last_7_days", "visit_last_7_days"),
        "seeds/points/attribute_points.csv line 9, column attribute: 'visit_last_7_days' is no attribute; it may be visits_last_7_days",
    ),
    "unknown segment": (
        ("attribute_points", "in_segment:keen", "in_segment:eager"),
        "seeds/points/attribute_points.csv line 10, column attribute: 'in_segment:eager' is no attribute; it may be in_segment:keen",
    ),
    "misspelt field of the account": (
        ("attribute_points", "country,is_missing", "account.contry,is_missing"),
        "seeds/points/attribute_points.csv line 8, column attribute: 'account.contry' is no attribute; it may be account.country",
    ),
    "required cell empty": (
        ("event_points", "main,webinar", "main,"),
        "seeds/points/event_points.csv line 3, column rule_id: an empty cell is not allowed; it may be a name with a letter and no space around it",
    ),
    "required choice empty": (
        ("lifecycle_stages", "customer,payment", "customer,"),
        "seeds/mapping/lifecycle_stages.csv line 7, column source: an empty cell is not allowed; it may be event_key, segment, band, opportunity, opportunity_stage, feedback or payment",
    ),
    "text in a number's place": (
        ("event_points", "pricing_page,,,,6", "pricing_page,,,,six"),
        "seeds/points/event_points.csv line 2, column points: 'six' is no number; it may be a number from -1000000 to 1000000 with a point and at most 4 decimals",
    ),
    "number in a text's place": (
        ("event_points", "Attended a webinar", "7"),
        "seeds/points/event_points.csv line 3, column reason: '7' is a number; it may be text in words",
    ),
    "number in a name's place": (
        ("event_points", "main,webinar", "main,12"),
        "seeds/points/event_points.csv line 3, column rule_id: '12' is a number; it may be a name with a letter and no space around it",
    ),
    "signs in a name's place": (
        ("event_points", "main,webinar", "main,--"),
        "seeds/points/event_points.csv line 3, column rule_id: '--' holds no letter; it may be a name with a letter and no space around it",
    ),
    "space around a name": (
        ("score_groups", "other,fit", "other,fit "),
        "seeds/points/score_groups.csv line 4, column score_group: 'fit ' has space around it or characters that cannot be seen; it may be a name with a letter and no space around it",
    ),
    "invisible character in a name": (
        ("event_points", "main,webinar", "main,web\u200binar"),
        "seeds/points/event_points.csv line 3, column rule_id: 'web\u200binar' has space around it or characters that cannot be seen; it may be a name with a letter and no space around it",
    ),
    "cell of spaces": (
        ("event_points", "2,step", "  ,step"),
        "seeds/points/event_points.csv line 3, column max_events: '  ' is blank but not empty; it may be a whole number from 1 to 1000000",
    ),
    "choice of spaces": (
        ("event_points", ",linear,", ", ,"),
        "seeds/points/event_points.csv line 2, column decay: ' ' is blank but not empty; it may be none, linear, exponential or step",
    ),
    "decimal comma": (
        ("event_points", "0.25", '"0,25"'),
        "seeds/points/event_points.csv line 3, column decay_rate: '0,25' has a decimal comma; it may be a number above 0 up to 1 with a point and at most 8 decimals",
    ),
    "number with a thousands separator": (
        ("score_models", ",0,100,clamp", ',0,"1,000.0",clamp'),
        "seeds/points/score_models.csv line 2, column max_score: '1,000.0' is no number; it may be a number from -1000000 to 1000000 with a point and at most 4 decimals",
    ),
    "number with an exponent": (
        ("event_points", "-25", "-2.5E1"),
        "seeds/points/event_points.csv line 4, column points: '-2.5E1' is no number; it may be a number from -1000000 to 1000000 with a point and at most 4 decimals",
    ),
    "number in other digits": (
        ("event_points", "pricing_page,,,,6", "pricing_page,,,,６"),
        "seeds/points/event_points.csv line 2, column points: '６' is no number; it may be a number from -1000000 to 1000000 with a point and at most 4 decimals",
    ),
    "five decimals": (
        ("attribute_points", "8.25", "8.12345"),
        "seeds/points/attribute_points.csv line 5, column points: '8.12345' has more than 4 decimals; it may be a number from -1000000 to 1000000 with a point and at most 4 decimals",
    ),
    "points too large": (
        ("attribute_points", "8.25", "1000000.5"),
        "seeds/points/attribute_points.csv line 5, column points: '1000000.5' is too large; it may be a number from -1000000 to 1000000 with a point and at most 4 decimals",
    ),
    "half a day": (
        ("event_points", "7,90", "7,0.5"),
        "seeds/points/event_points.csv line 3, column window_days: '0.5' is no whole number; it may be a whole number from 1 to 36500",
    ),
    "no day": (
        ("inactivity_points", "any_engagement,30", "any_engagement,0"),
        "seeds/points/inactivity_points.csv line 2, column silent_days: '0' is too small; it may be a whole number from 1 to 36500",
    ),
    "fewer than no events": (
        ("event_points", "30,1,,none", "30,-1,,none"),
        "seeds/points/event_points.csv line 5, column max_per_day: '-1' is too small; it may be a whole number from 1 to 1000000",
    ),
    "a rate of nothing": (
        ("event_points", "0.25", "0"),
        "seeds/points/event_points.csv line 3, column decay_rate: '0' is too small; it may be a number above 0 up to 1 with a point and at most 8 decimals",
    ),
    "a rate above all": (
        ("event_points", "0.25", "25"),
        "seeds/points/event_points.csv line 3, column decay_rate: '25' is too large; it may be a number above 0 up to 1 with a point and at most 8 decimals",
    ),
    "weight below 0": (
        ("score_groups", "80,1.5", "80,-1.5"),
        "seeds/points/score_groups.csv line 4, column weight: '-1.5' is too small; it may be a number from 0 to 1000000 with a point and at most 4 decimals",
    ),
    "date turned into a number": (
        ("attribute_points", "2025-12-31", "46022"),
        "seeds/points/attribute_points.csv line 8, column valid_to: '46022' is a date that a spreadsheet turned into a number (2025-12-31); it may be a date from 1900-01-01 to 2200-12-31, written 2025-06-30",
    ),
    "date with dots": (
        ("score_models", "2025-01-01", "1.1.2025"),
        "seeds/points/score_models.csv line 3, column live_from: '1.1.2025' is no ISO date; it may be a date from 1900-01-01 to 2200-12-31, written 2025-06-30",
    ),
    "date with slashes": (
        ("attribute_points", "2025-01-01", "01/07/2025"),
        "seeds/points/attribute_points.csv line 8, column valid_from: '01/07/2025' is no ISO date; it may be a date from 1900-01-01 to 2200-12-31, written 2025-06-30",
    ),
    "no day of the calendar": (
        ("attribute_points", "2025-12-31", "2025-02-29"),
        "seeds/points/attribute_points.csv line 8, column valid_to: '2025-02-29' is no day of the calendar; it may be a date from 1900-01-01 to 2200-12-31, written 2025-06-30",
    ),
    "the end of time": (
        ("attribute_points", "2025-12-31", "9999-12-31"),
        "seeds/points/attribute_points.csv line 8, column valid_to: '9999-12-31' is too early or too late; it may be a date from 1900-01-01 to 2200-12-31, written 2025-06-30",
    ),
    "band turned into a date": (
        ("employee_bands", "10-49,10", "Oct-49,10"),
        "seeds/reference/employee_bands.csv line 3, column band: 'Oct-49' looks like what a spreadsheet makes of 10-49; it may be text",
    ),
    "value turned into a date": (
        ("attribute_points", "vp|director", "vp|9-Jan"),
        "seeds/points/attribute_points.csv line 2, column value: 'vp|9-Jan' looks like what a spreadsheet makes of 1-9 or 9-1; it may be text",
    ),
    "error of a spreadsheet": (
        ("event_points", "Attended a webinar", "#NAME?"),
        "seeds/points/event_points.csv line 3, column reason: '#NAME?' is the error of a formula, and what it stood for is lost; it may be text in words",
    ),
    "garbled text": (
        ("title_keywords", "Geschäftsführer", "GeschÃ¤ftsfÃ¼hrer"),
        "seeds/mapping/title_keywords.csv line 7, column keyword: 'GeschÃ¤ftsfÃ¼hrer' is garbled: UTF-8 that was read as CP1252; it may be text",
    ),
    "lost character": (
        ("title_keywords", "Geschäftsführer", "Gesch\ufffdftsf\ufffdhrer"),
        "seeds/mapping/title_keywords.csv line 7, column keyword: 'Gesch\ufffdftsf\ufffdhrer' holds a character that cannot be read; it may be text",
    ),
    "line break in a cell": (
        ("event_points", "Attended a webinar", '"Attended\na webinar"'),
        "seeds/points/event_points.csv line 3, column reason: 'Attended⏎a webinar' holds a line break (a double quote that is not closed?); it may be text in words",
    ),
    "country in three letters": (
        ("countries", "DE,Germany", "DEU,Germany"),
        "seeds/mapping/countries.csv line 2, column country_code: 'DEU' is not allowed; it may be two capital letters, such as DE",
    ),
    "time zone without its city": (
        ("countries", "Europe/Berlin", "CET"),
        "seeds/mapping/countries.csv line 2, column time_zone: 'CET' is not allowed; it may be an IANA time zone, such as Europe/Berlin",
    ),
    "currency as a sign": (
        ("exchange_rates", "USD,EUR,", "USD,€,"),
        "seeds/reference/exchange_rates.csv line 3, column to_currency: '€' is not allowed; it may be three capital letters, such as EUR",
    ),
    "rate of nothing": (
        ("exchange_rates", "1.04", "0"),
        "seeds/reference/exchange_rates.csv line 2, column rate: '0' is too small; it may be a number above 0 up to 1000000000 with a point and at most 8 decimals",
    ),
    "mailbox as a domain": (
        ("email_domains", "gmail.com", "@gmail.com"),
        "seeds/mapping/email_domains.csv line 2, column domain: '@gmail.com' is not allowed; it may be a domain in lower case, such as example.com",
    ),
    "unknown kind of domain": (
        ("email_domains", "example,competitor", "example,rival"),
        "seeds/mapping/email_domains.csv line 3, column kind: 'rival' is no kind; it may be free, disposable or competitor",
    ),
    "address as a mailbox": (
        ("role_mailboxes", "sales", "Sales@"),
        "seeds/mapping/role_mailboxes.csv line 3, column local_part: 'Sales@' is not allowed; it may be a mailbox in lower case without its @, such as info",
    ),
    "unknown consent": (
        ("countries", "opt_out", "none"),
        "seeds/mapping/countries.csv line 3, column consent_basis: 'none' is no consent_basis; it may be opt_in or opt_out",
    ),
    "unknown statistic": (
        ("event_measures", ",count,", ",sum,"),
        "seeds/mapping/event_measures.csv line 2, column statistic: 'sum' is no statistic; it may be count, days, seconds, ratio, account_leads or most_per_minute",
    ),
    "unknown stage": (
        ("lifecycle_stages", "mql,band", "prospect,band"),
        "seeds/mapping/lifecycle_stages.csv line 2, column stage: 'prospect' is no stage; it may be iql, mql, sql, trial, opportunity, customer, lost or recycled",
    ),
    "value that its source does not have": (
        ("lifecycle_stages", "payment,made", "payment,paid"),
        "seeds/mapping/lifecycle_stages.csv line 7, column value: 'paid' is no value; it may be made",
    ),
    "seniority that no rule knows": (
        ("title_keywords", "vice president,en,seniority,vp", "vice president,en,seniority,v_p"),
        "seeds/mapping/title_keywords.csv line 3, column value: 'v_p' is no value; it may be c_level, vp, director, manager, specialist, assistant or student",
    ),
    "priority in words": (
        ("title_keywords", "vp,1,", "vp,first,"),
        "seeds/mapping/title_keywords.csv line 3, column priority: 'first' is no number; it may be a whole number from 1 to 1000000",
    ),
    "inverted range": (
        ("attribute_points", "between,,10,49", "between,,49,10"),
        "seeds/points/attribute_points.csv line 3, column upper: '10' is less than lower (49); it may be 49 or more",
    ),
    "inverted dates": (
        ("attribute_points", "2025-12-31", "2024-12-31"),
        "seeds/points/attribute_points.csv line 8, column valid_to: '2024-12-31' is before valid_from (2025-01-01); it may be 2025-01-01 or later",
    ),
    "inverted points": (
        ("event_points", ",,20,no", ",30,20,no"),
        "seeds/points/event_points.csv line 2, column max_points: '20' is less than min_points (30); it may be 30 or more",
    ),
    "inverted group": (
        ("score_groups", "-50,50", "50,-50"),
        "seeds/points/score_groups.csv line 3, column max_points: '-50' is less than min_points (50); it may be 50 or more",
    ),
    "inverted scores": (
        ("score_models", "champion,,0,100", "champion,,100,0"),
        "seeds/points/score_models.csv line 2, column max_score: '0' is less than min_score (100); it may be 100 or more",
    ),
    # Keys
    "rule twice": (
        ("event_points", "other,pricing", "main,pricing"),
        "seeds/points/event_points.csv line 5, column rule_id: 'pricing' stands in line 2 already, with equal score_model and region",
    ),
    "rule twice in a region": (
        (
            "inactivity_points",
            "main,silent,engagement,any_engagement,30,,,",
            "main,unopened,engagement,any_engagement,30,,Europe,",
        ),
        "seeds/points/inactivity_points.csv line 3, column region: 'Europe' stands in line 2 already, with equal score_model and rule_id",
    ),
    "model twice": (
        ("score_models", "2025-01-01\n", "2025-01-01\nmain,Again,off,,0,100,clamp,\n"),
        "seeds/points/score_models.csv line 4, column score_model: 'main' stands in line 2 already",
    ),
    "band twice": (
        ("score_bands", "main,,warm", "main,,hot"),
        "seeds/points/score_bands.csv line 4, column band: 'hot' stands in line 3 already, with equal score_model and region",
    ),
    "domain twice": (
        ("email_domains", "rival.example", "gmail.com"),
        "seeds/mapping/email_domains.csv line 3, column domain: 'gmail.com' stands in line 2 already",
    ),
    "rate twice": (
        ("exchange_rates", "USD,EUR,0.9615", "EUR,USD,1.05"),
        "seeds/reference/exchange_rates.csv line 3, column to_currency: 'USD' stands in line 2 already, with equal rate_date and from_currency",
    ),
    # Models
    "no champion": (
        ("score_models", "champion", "off"),
        "seeds/points/score_models.csv, column role: no model is the champion; exactly one must be",
    ),
    "two champions": (
        ("score_models", "challenger,0.1,0,100,rescale,2025-01-01", "champion,,0,100,rescale,"),
        "seeds/points/score_models.csv line 3, column role: 'champion' is a second champion beside main (line 2); it may be challenger or off, or live_from another day",
    ),
    "share of a champion": (
        ("score_models", "champion,,", "champion,0.5,"),
        "seeds/points/score_models.csv line 2, column traffic_share: '0.5' is the share of a champion; it may be empty",
    ),
    "group of another model": (
        ("event_points", "main,webinar,engagement", "main,webinar,interest"),
        "seeds/points/event_points.csv line 3, column score_group: 'interest' is no score_group of main; it may be engagement or fit",
    ),
    "model without bands": (
        ("score_bands", "other,,cold,1,,Wait\nother,,hot,2,50,Call\n", ""),
        "seeds/points/score_models.csv line 3, column score_model: 'other' has no rows in score_bands that hold in all regions",
    ),
    "model with bands of a region alone": (
        (
            "score_bands",
            "other,,cold,1,,Wait\nother,,hot,2,50,Call\n",
            "other,Europe,cold,1,,Wait\n",
        ),
        "seeds/points/score_models.csv line 3, column score_model: 'other' has no rows in score_bands that hold in all regions",
    ),
    "no lowest band": (
        ("score_bands", "other,,cold,1,,", "other,,cold,1,10,"),
        "seeds/points/score_bands.csv line 6, column lower_bound: '10' leaves a gap below the lowest bound; it may be empty",
    ),
    "two lowest bands": (
        ("score_bands", "other,,hot,2,50", "other,,hot,2,"),
        "seeds/points/score_bands.csv line 7, column lower_bound: an empty cell stands in a second row; it may be a number, since line 6 is the lowest",
    ),
    "two bands with one bound": (
        ("score_bands", "warm,2,25", "warm,2,50"),
        "seeds/points/score_bands.csv line 4, column lower_bound: '50' is the lower_bound of line 3 already",
    ),
    "bands out of order": (
        ("score_bands", "other,,hot,2,", "other,,hot,1,"),
        "seeds/points/score_bands.csv line 7, column band_order: '1' does not rise with lower_bound: cold below has 1; it may be 2 or more",
    ),
    "band of a region out of order": (
        ("score_bands", "Europe,hot,3,60", "Europe,hot,3,20"),
        "seeds/points/score_bands.csv line 3, column band_order: '2' does not rise with lower_bound: hot below has 3; it may be 4 or more",
    ),
    "band of a region alone": (
        ("score_bands", "main,Europe,hot", "main,Europe,hotter"),
        "seeds/points/score_bands.csv line 5, column band: 'hotter' is no band of main without region; it may be cold, warm or hot",
    ),
    "bound that no score reaches": (
        ("score_bands", "Europe,hot,3,60", "Europe,hot,3,160"),
        "seeds/points/score_bands.csv line 5, column lower_bound: '160' is above max_score (100); it may be 100 or less",
    ),
    "bound below all scores": (
        ("score_bands", "warm,2,25", "warm,2,-25"),
        "seeds/points/score_bands.csv line 3, column lower_bound: '-25' is below min_score (0); it may be above 0",
    ),
    "band with a taken name": (
        ("score_bands", "other,,cold", "other,,disqualified"),
        "seeds/points/score_bands.csv line 6, column band: 'disqualified' is taken: rules with the effect disqualify lead there",
    ),
    "grade twice": (
        ("grade_bounds", "main,fit,B", "main,fit,A"),
        "seeds/points/grade_bounds.csv line 3, column grade: 'A' stands in line 2 already, with equal score_model and kind",
    ),
    "no lowest grade": (
        ("grade_bounds", "fit,B,", "fit,B,10"),
        "seeds/points/grade_bounds.csv line 3, column lower_bound: '10' leaves a gap below the lowest bound; it may be empty",
    ),
    "pair of grades without priority": (
        ("grade_matrix", "main,B,A,2\n", ""),
        "seeds/points/grade_matrix.csv: main has no row for fit_grade B with engagement_grade A",
    ),
    "priority of an unknown grade": (
        ("grade_matrix", "main,B,B,3", "main,B,B,3\nmain,C,B,4"),
        "seeds/points/grade_matrix.csv line 6, column fit_grade: 'C' is no grade of fit of main; it may be A or B",
    ),
    "rescale without a bound of the group": (
        ("event_points", "5,30,1,,none", "5,,1,,none"),
        "seeds/points/score_models.csv line 3, column scale: 'rescale' needs bounds: give the group engagement max_points, or limit its rules; it may be clamp",
    ),
    "rescale without an end": (
        ("score_models", "0.1,0,100", "0.1,0,"),
        "seeds/points/score_models.csv line 3, column max_score: an empty cell leaves rescale without its end; it may be a number",
    ),
    "rescale of nothing": (
        (
            "score_groups",
            "80,1.5\nother,engagement,engagement,,,1",
            "80,0\nother,engagement,engagement,,,0",
        ),
        "seeds/points/score_models.csv line 3, column scale: 'rescale' has nothing to map: no score but 0 is attainable; it may be clamp",
    ),
    "rescale of too much": (
        ("event_points", "5,30,1,,none", "1000000,36500,1,,none"),
        "seeds/points/score_models.csv line 3, column scale: 'rescale' maps too wide a range, 0 to 36500000030, to be exact; it may be clamp",
    ),
    # Rules
    "rule in two tables": (
        ("inactivity_points", "main,silent", "main,pricing"),
        "seeds/points/inactivity_points.csv line 2, column rule_id: 'pricing' is a rule of seeds/points/event_points.csv line 2 already",
    ),
    "nothing to compare with": (
        ("attribute_points", "vp|director", ""),
        "seeds/points/attribute_points.csv line 2, column value: an empty cell leaves in without value; it may be text",
    ),
    "no least number": (
        ("attribute_points", "at_least,,500,", "at_least,,,500"),
        "seeds/points/attribute_points.csv line 6, column lower: an empty cell leaves at_least without lower; it may be a number\n"
        "seeds/points/attribute_points.csv line 6, column upper: '500' means nothing to at_least; it may be empty",
    ),
    "range without ends": (
        ("attribute_points", "between,,10,49", "between,,,"),
        "seeds/points/attribute_points.csv line 3, column lower: an empty cell leaves between without lower or upper; it may be a number",
    ),
    "value of an operator without": (
        ("attribute_points", "country,is_missing,", "country,is_missing,DE"),
        "seeds/points/attribute_points.csv line 8, column value: 'DE' means nothing to is_missing; it may be empty",
    ),
    "text of which nothing is left": (
        ("attribute_points", "equals,competitor", "equals,\u0301"),
        "seeds/points/attribute_points.csv line 7, column value: '\u0301' is empty once it is normalised; it may be text, of which letters or signs are left",
    ),
    "empty part": (
        ("attribute_points", "vp|director", "vp||director"),
        "seeds/points/attribute_points.csv line 2, column value: 'vp||director' holds an empty part; it may be text, of which letters or signs are left",
    ),
    "rule without points": (
        ("attribute_points", "points,12", "points,"),
        "seeds/points/attribute_points.csv line 2, column points: an empty cell gives nothing; it may be a number, or effect disqualify or junk",
    ),
    "decay without days": (
        ("event_points", "linear,60", "linear,"),
        "seeds/points/event_points.csv line 2, column decay_days: an empty cell leaves linear without its decay_days; it may be a whole number of days",
    ),
    "step without rate": (
        ("event_points", "step,30,0.25", "step,30,"),
        "seeds/points/event_points.csv line 3, column decay_rate: an empty cell leaves step without its decay_rate; it may be a number up to 1",
    ),
    "days without decay": (
        ("event_points", "none,,", "none,30,"),
        "seeds/points/event_points.csv line 5, column decay_days: '30' means nothing to the decay none; it may be empty, or decay linear, exponential or step",
    ),
    "rate without step": (
        ("event_points", "linear,60,", "linear,60,0.5"),
        "seeds/points/event_points.csv line 2, column decay_rate: '0.5' means nothing to the decay linear; it may be empty, or decay step",
    ),
    "penalty that fades": (
        ("event_points", "-25,,1,1,,,", "-25,,1,1,exponential,30,"),
        "seeds/points/event_points.csv line 4, column decay: 'exponential' fades points below 0 (-25); it may be none; window_days can end the penalty",
    ),
    "overlapping ranges": (
        ("attribute_points", "between,,10,49", "between,,10,59.5"),
        "seeds/points/attribute_points.csv line 4, column lower: '50' overlaps with small in line 3: 50 to 59.5 count twice; it may be a range of its own: both rules would count\n"
        "seeds/points/attribute_points.csv line 5, column lower: '50' overlaps with small in line 3: 50 to 59.5 count twice; it may be a range of its own: both rules would count",
    ),
    "ranges that share an end": (
        (
            "attribute_points",
            "medium,fit,employee_count,between,,50,399,Europe",
            "medium,fit,employee_count,between,,49,399,Europe",
        ),
        "seeds/points/attribute_points.csv line 5, column lower: '49' overlaps with small in line 3: 49 counts twice; it may be a range of its own: both rules would count",
    ),
    "open range over another": (
        ("attribute_points", "between,,50,499", "between,,,499"),
        "seeds/points/attribute_points.csv line 4, column lower: an empty cell overlaps with small in line 3: 10 to 49 count twice; it may be a range of its own: both rules would count",
    ),
    "open ranges": (
        (
            "attribute_points",
            "main,small,fit,employee_count,between,,10,49",
            "main,tiny,fit,employee_count,at_most,,,5,,,,,1,no,Tiny\nmain,small,fit,employee_count,between,,10,",
        ),
        "seeds/points/attribute_points.csv line 5, column lower: '50' overlaps with small in line 4: 50 to 499 count twice; it may be a range of its own: both rules would count\n"
        "seeds/points/attribute_points.csv line 6, column lower: '50' overlaps with small in line 4: 50 to 399 count twice; it may be a range of its own: both rules would count",
    ),
    "ranges without a common end": (
        (
            "attribute_points",
            "between,,10,49,,,,points,3,no,Company of 10 to 49 people\nmain,medium,fit,employee_count,between,,50,499",
            "between,,10,,,,,points,3,no,Company of 10 people or more\nmain,medium,fit,employee_count,between,,50,",
        ),
        "seeds/points/attribute_points.csv line 4, column lower: '50' overlaps with small in line 3: 50 to ∞ count twice; it may be a range of its own: both rules would count\n"
        "seeds/points/attribute_points.csv line 5, column lower: '50' overlaps with small in line 3: 50 to 399 count twice; it may be a range of its own: both rules would count",
    ),
    "protected attribute": (
        ("attribute_points", "country,is_missing", "lead_gender,is_missing"),
        "seeds/points/attribute_points.csv line 8, column attribute: 'lead_gender' is a protected attribute (Sex or gender); it may be scored only with the var allow_protected_attributes",
    ),
    "protected attribute in one word": (
        ("attribute_points", "country,is_missing", "dateOfBirth,is_missing"),
        "seeds/points/attribute_points.csv line 8, column attribute: 'dateOfBirth' is a protected attribute (Age); it may be scored only with the var allow_protected_attributes",
    ),
    "protected attribute through a segment": (
        ("segments", "keen,visits_last_7_days,at_least,,2,", "keen,gender,is_set,,,"),
        "seeds/mapping/segments.csv line 2, column attribute: 'gender' is a protected attribute (Sex or gender); it may be scored only with the var allow_protected_attributes",
    ),
    "protected attribute through an event": (
        ("event_keys", "proposal,opportunity_stage,,stage", "proposal,opportunity_stage,,gender"),
        "seeds/mapping/event_keys.csv line 9, column property: 'gender' is a protected attribute (Sex or gender); it may be scored only with the var allow_protected_attributes",
    ),
    # Mapping
    "reserved event_key": (
        ("event_keys", "pricing_after_webinar", "any_engagement"),
        "seeds/mapping/event_keys.csv line 7, column event_key: 'any_engagement' is taken: it stands for every key with is_engagement",
    ),
    "event_key without type": (
        ("event_keys", "email_sent,email_sent", "email_sent,"),
        "seeds/mapping/event_keys.csv line 4, column event_type: an empty cell is not allowed; it may be a name with a letter and no space around it",
    ),
    "sequence without days": (
        ("event_keys", "webinar_attendance,7", "webinar_attendance,"),
        "seeds/mapping/event_keys.csv line 7, column within_days: an empty cell leaves webinar_attendance without its days; it may be a whole number of days",
    ),
    "days without sequence": (
        ("event_keys", "webinar_attendance,7", ",7"),
        "seeds/mapping/event_keys.csv line 7, column follows_event_key: an empty cell leaves within_days without an event that came before; it may be a key or type of event_keys",
    ),
    "sequence of a sequence": (
        ("event_keys", "no,,,,,Got a proposal", "no,,,pricing_after_webinar,30,Got a proposal"),
        "seeds/mapping/event_keys.csv line 9, column follows_event_key: 'pricing_after_webinar' is no single event, so nothing can follow it; it may be pricing_page or another key",
    ),
    "sequence after any engagement": (
        ("event_keys", "webinar_attendance,7", "any_engagement,7"),
        "seeds/mapping/event_keys.csv line 7, column follows_event_key: 'any_engagement' is no single event, so nothing can follow it; it may be any key",
    ),
    "glob of no property": (
        ("event_keys", ",email,newsletter*", ",,newsletter*"),
        "seeds/mapping/event_keys.csv line 8, column property: an empty cell leaves property_glob without its property; it may be a property",
    ),
    "page of the CRM": (
        ("event_keys", "opportunity_stage,,stage", "opportunity_stage,*/crm,stage"),
        "seeds/mapping/event_keys.csv line 9, column page_glob: '*/crm' can never match: opportunity_stage comes from the CRM without it; it may be empty",
    ),
    "duration in the CRM": (
        ("event_keys", "proposal,no,,,", "proposal,no,,60,"),
        "seeds/mapping/event_keys.csv line 9, column min_duration_seconds: '60' can never match: opportunity_stage comes from the CRM without it; it may be empty",
    ),
    "glob with a space": (
        ("event_keys", "pricing_page,page_visit,*/pricing", "pricing_page,page_visit,*/our prices"),
        "seeds/mapping/event_keys.csv line 2, column page_glob: '*/our prices' can never match: no URL has a space; it may be a glob, such as */pricing",
    ),
    "ratio of nothing": (
        ("event_measures", "email_sent", ""),
        "seeds/mapping/event_measures.csv line 3, column per_event_key: an empty cell leaves ratio without an event_key to divide by; it may be another event_key than email_open",
    ),
    "ratio to itself": (
        ("event_measures", "email_open,email_sent", "email_open,email_open"),
        "seeds/mapping/event_measures.csv line 3, column per_event_key: 'email_open' leaves ratio without an event_key to divide by; it may be another event_key than email_open",
    ),
    "count of a ratio": (
        ("event_measures", "page_visit,,7", "page_visit,email_sent,7"),
        "seeds/mapping/event_measures.csv line 2, column per_event_key: 'email_sent' means nothing to count; it may be empty",
    ),
    "measure with a taken name": (
        ("event_measures", "open_ratio", "seniority"),
        "seeds/mapping/event_measures.csv line 3, column measure: 'seniority' is the name of another attribute; it may be a name of its own",
    ),
    "segment of nothing": (
        ("segments", "pricing_page", ""),
        "seeds/mapping/segments.csv line 3, column attribute: an empty cell leaves event_key empty too; it may be filled where event_key is empty, and else empty",
    ),
    "segment of both": (
        ("segments", "keen,,,", "keen,country,is_set,"),
        "seeds/mapping/segments.csv line 3, column attribute: 'country' stands beside an event_key; it may be filled where event_key is empty, and else empty",
    ),
    "segment of itself": (
        ("segments", "keen,visits_last_7_days,at_least,,2", "keen,in_segment:keen,equals,yes,"),
        "seeds/mapping/segments.csv line 2, column attribute: 'in_segment:keen' makes keen ask for itself (keen → keen); it may be a segment that does not ask for it",
    ),
    "segments in a circle": (
        (
            "segments",
            "keen,visits_last_7_days,at_least,,2,,,,Visited twice this week",
            "keen,in_segment:b,equals,no,,,,,\nb,in_segment:c,equals,no,,,,,\nc,in_segment:keen,equals,yes,,,,,",
        ),
        "seeds/mapping/segments.csv line 2, column attribute: 'in_segment:b' makes keen ask for itself (keen → b → c → keen); it may be a segment that does not ask for it",
    ),
    "segments too deep": (
        (
            "segments",
            "keen,,,,,,pricing_page,30,and looked at prices",
            "".join(
                f"{n},in_segment:{m},equals,no,,,,,\n" for n, m in zip("abcd", "bcde", strict=True)
            )
            + "e,in_segment:keen,equals,yes,,,,,",
        ),
        "seeds/mapping/segments.csv line 3, column attribute: 'in_segment:b' lies too high above others (a → b → c → d → e → keen); it may be a segment with less than 4 below",
    ),
    "segment of a segment that is none": (
        ("segments", "keen,visits_last_7_days,at_least,,2", "keen,in_segment:eager,equals,yes,"),
        "seeds/mapping/segments.csv line 2, column attribute: 'in_segment:eager' is no attribute; it may be in_segment:keen",
    ),
    "segment without comparison": (
        ("segments", "at_least,,2", ",,"),
        "seeds/mapping/segments.csv line 2, column operator: an empty cell leaves the attribute without a comparison; it may be an operator, such as equals",
    ),
    "segment with a window of an attribute": (
        ("segments", "2,,,,Visited", "2,,,7,Visited"),
        "seeds/mapping/segments.csv line 2, column window_days: '7' means nothing to an attribute; it may be empty",
    ),
    "segment with a value of an event": (
        ("segments", "keen,,,,", "keen,,,yes,"),
        "seeds/mapping/segments.csv line 3, column value: 'yes' means nothing to an event_key; it may be empty",
    ),
    "segment with a number for text": (
        ("segments", "at_least,,2", "at_least,2,"),
        "seeds/mapping/segments.csv line 2, column lower: an empty cell leaves at_least without lower; it may be a number\n"
        "seeds/mapping/segments.csv line 2, column value: '2' means nothing to at_least; it may be empty",
    ),
    "stage of an unknown band": (
        ("lifecycle_stages", "band,hot", "band,boiling"),
        "seeds/mapping/lifecycle_stages.csv line 2, column value: 'boiling' is no band of the champion; it may be cold, warm or hot",
    ),
    "KPI event of no kind": (
        ("kpi_events", "contact,email_sent", "meeting,email_sent"),
        "seeds/mapping/kpi_events.csv line 3, column kpi_event: 'meeting' is no kpi_event; it may be email_sent, email_opened, email_clicked, email_unsubscribed, contact or touch",
    ),
    "KPI event that is a sequence": (
        ("kpi_events", "contact,email_sent", "contact,pricing_after_webinar"),
        "seeds/mapping/kpi_events.csv line 3, column event_key: 'pricing_after_webinar' is no single event; it may be a key or type of single events",
    ),
    "stage of an unknown segment": (
        ("lifecycle_stages", "segment,keen", "segment,eager"),
        "seeds/mapping/lifecycle_stages.csv line 5, column value: 'eager' is no segment; it may be keen",
    ),
    "nobody becomes customer": (
        ("lifecycle_stages", "customer,payment,made,1,Paid\n", ""),
        "seeds/mapping/lifecycle_stages.csv, column stage: no row says how a lead becomes customer; at least one must",
    ),
    "nobody says whom to phone": (
        ("contact_consent", ",phone,,", ",letter,,"),
        "seeds/sales/contact_hours.csv line 2, column contact_channel: 'phone' is no contact_channel; it may be letter or email\n"
        "seeds/sales/contact_hours.csv line 3, column contact_channel: 'phone' is no contact_channel; it may be letter or email\n"
        "seeds/mapping/contact_consent.csv, column contact_channel: no row without country_code is of the channel phone; one must be\n"
        "seeds/sales/next_actions.csv line 3, column channels: 'phone|email' holds 'phone', which is no contact_channel; it may be letter or email",
    ),
    "channel of one country alone": (
        ("contact_consent", "US,email", "US,fax"),
        "seeds/mapping/contact_consent.csv line 4, column contact_channel: 'fax' has no row without country_code; it may be email or phone",
    ),
    "consent in a country that is none": (
        ("contact_consent", "US,email", "XX,email"),
        "seeds/mapping/contact_consent.csv line 4, column country_code: 'XX' is no country_code; it may be DE or US",
    ),
    "rule of an unknown region": (
        ("routing_rules", "Europe|North America", "Europe|Mars"),
        "seeds/sales/routing_rules.csv line 3, column region: 'Europe|Mars' holds 'Mars', which is no region; it may be Europe or North America",
    ),
    "rule of an unknown size": (
        ("routing_rules", "10-49|50+", "51+"),
        "seeds/sales/routing_rules.csv line 3, column employee_band: '51+' is no band; it may be 1-9, 10-49 or 50+",
    ),
    "rule that gives to nobody known": (
        ("routing_rules", "anyone,3,reps", "anyone,3,team"),
        "seeds/sales/routing_rules.csv line 4, column assign_to: 'team' is no assign_to; it may be lead_owner, account_owner or reps",
    ),
    "rules of one order": (
        ("routing_rules", "anyone,3", "anyone,2"),
        "seeds/sales/routing_rules.csv line 4, column rule_order: '2' stands in line 3 already; it may be a number of its own",
    ),
    "owner who must work somewhere": (
        ("routing_rules", "lead_owner,,,,,,,,", "lead_owner,,,,,,same,,"),
        "seeds/sales/routing_rules.csv line 2, column rep_region: 'same' means nothing to lead_owner; it may be empty",
    ),
    "rep of an unknown region": (
        ("routing_rules", "hot,same,", "hot,here,"),
        "seeds/sales/routing_rules.csv line 3, column rep_region: 'here' is no region; it may be same, Europe or North America",
    ),
    "same beside others": (
        ("routing_rules", "en|de", "en|same"),
        "seeds/sales/routing_rules.csv line 3, column rep_language: 'en|same' says same beside others; it may be same, or the others alone",
    ),
    "action on an unknown channel": (
        ("next_actions", "phone|email", "phone|fax"),
        "seeds/sales/next_actions.csv line 3, column channels: 'phone|fax' holds 'fax', which is no contact_channel; it may be phone or email",
    ),
    "action at an unknown stage": (
        ("next_actions", "customer|lost", "customer|left"),
        "seeds/sales/next_actions.csv line 2, column stage: 'customer|left' holds 'left', which is no stage; it may be lead, iql, mql, sql, trial, opportunity, customer, lost or recycled",
    ),
    "action without a channel": (
        ("next_actions", "Re-engage,email", "Re-engage,"),
        "seeds/sales/next_actions.csv line 5, column action: 'Re-engage' means nothing without channels; it may be empty",
    ),
    "actions of one order": (
        ("next_actions", "wake,4", "wake,1"),
        "seeds/sales/next_actions.csv line 5, column action_order: '1' stands in line 2 already; it may be a number of its own",
    ),
    "action after a sequence": (
        ("next_actions", "pricing_page", "pricing_after_webinar"),
        "seeds/sales/next_actions.csv line 3, column last_event_key: 'pricing_after_webinar' is no single event; it may be a key or type of single events",
    ),
    "action that can never be": (
        ("next_actions", "pricing_page,3,", "pricing_page,3,7"),
        "seeds/sales/next_actions.csv line 3, column within_days: '3' never holds after 7 days of silence; it may be empty",
    ),
    "hours that end before they begin": (
        ("contact_hours", "08:00,17:30", "18:00,17:30"),
        "seeds/sales/contact_hours.csv line 3, column closes_at: '17:30' is no later than 18:00; it may be a later time of the day",
    ),
    "hours of no day": (
        ("contact_hours", "09:00", "9:00"),
        "seeds/sales/contact_hours.csv line 2, column opens_at: '9:00' is not allowed; it may be a time of day, such as 09:00",
    ),
    "hours of an unknown channel": (
        ("contact_hours", "phone,US", "fax,US"),
        "seeds/sales/contact_hours.csv line 3, column contact_channel: 'fax' is no contact_channel; it may be phone or email",
    ),
    "experiment that ranks nobody": (
        ("experiments", ",0.1,", ",1,"),
        "seeds/sales/experiments.csv line 2, column held_out_share: '1' leaves nobody to be ranked; it may be a share below 1",
    ),
    "experiment that ends before it begins": (
        ("experiments", "2025-03-31", "2024-03-31"),
        "seeds/sales/experiments.csv line 2, column ends_on: '2024-03-31' is before starts_on (2025-01-01); it may be 2025-01-01 or later",
    ),
    "two fields of kind stage": (
        ("naive_bayes_fields", "country,value", "country,stage"),
        "seeds/mapping/naive_bayes_fields.csv line 4, column kind: 'stage' stands in line 2 already; there is one field of that kind; it may be value, state or tags",
    ),
    "no field of kind stage": (
        ("naive_bayes_fields", "stage,stage,", "stage,value,"),
        "seeds/mapping/naive_bayes_fields.csv, column kind: no row is of kind stage; one must be",
    ),
    "personal data among the fields": (
        ("naive_bayes_fields", "value,country", "value,email"),
        "seeds/mapping/naive_bayes_fields.csv line 4, column attribute: 'email' would show personal data among the reasons; it may be another attribute",
    ),
    "measure among the fields": (
        ("naive_bayes_fields", "value,country", "value,tenure_days"),
        "seeds/mapping/naive_bayes_fields.csv line 4, column attribute: 'tenure_days' depends on the score date, which naive Bayes does not know; it may be a column of the profile, account or leads",
    ),
    "protected attribute among the fields": (
        ("naive_bayes_fields", "value,country", "value,gender"),
        "seeds/mapping/naive_bayes_fields.csv line 4, column attribute: 'gender' is a protected attribute (Sex or gender); it may be scored only with the var allow_protected_attributes",
    ),
    "every stage is of a team": (
        (
            "naive_bayes_stages",
            "lead,,1,no\ndemo,Berlin,2,no\ncustomer,,3",
            "lead,Oslo,1,no\ndemo,Berlin,2,no\ncustomer,Oslo,3",
        ),
        "seeds/mapping/naive_bayes_stages.csv, column team: no stage is without team; the first one must be",
    ),
    "keyword twice in other letters": (
        ("title_keywords", "vice president", "DIRECTOR!"),
        "seeds/mapping/title_keywords.csv line 3, column keyword: 'DIRECTOR!' is 'director' of line 2 once normalised",
    ),
    "keyword without word": (
        ("title_keywords", "vice president", "&"),
        "seeds/mapping/title_keywords.csv line 3, column keyword: '&' holds no word; it may be text with letters or digits",
    ),
    "alias of two countries": (
        ("countries", "USA|America", "USA|allemagne"),
        "seeds/mapping/countries.csv line 3, column aliases: 'USA|allemagne' holds allemagne, which names Germany (line 2)",
    ),
    "source of two channels": (
        ("channels", "google ads", "Google"),
        "seeds/mapping/channels.csv line 3, column lead_source: 'Google' is 'google' of line 2 once normalised",
    ),
    "rate into itself": (
        ("exchange_rates", "USD,EUR", "EUR,EUR"),
        "seeds/reference/exchange_rates.csv line 3, column to_currency: 'EUR' is from_currency too; it may be another currency",
    ),
    "destination whose records are never sent again": (
        ("export_fields", "score,min_change", "score,"),
        "seeds/sales/export_fields.csv, column sent_for: no field of hubspot has change or min_change; one must have",
    ),
    "field that no system has": (
        ("export_fields", "warehouse_reasons", "warehouse reasons"),
        "seeds/sales/export_fields.csv line 3, column field: 'warehouse reasons' is not allowed; it may be a name of letters, digits and _, a letter first",
    ),
    "alert without its band": (
        ("alerts", "untouched,hot", "untouched,"),
        "seeds/sales/alerts.csv line 3, column band: an empty cell is not allowed; it may be a band of score_bands",
    ),
    "alert of a rep with a band": (
        ("alerts", "over_capacity,,", "over_capacity,hot,"),
        "seeds/sales/alerts.csv line 4, column band: 'hot' says nothing of a rep; it may be empty",
    ),
    "alert for no number of days": (
        ("alerts", "entered_band,hot,3", "entered_band,hot,"),
        "seeds/sales/alerts.csv line 2, column days: an empty cell does not go with the kind; it may be a number of days",
    ),
    "alert for days that do not count": (
        ("alerts", "untouched,hot,", "untouched,hot,3"),
        "seeds/sales/alerts.csv line 3, column days: '3' does not go with the kind; it may be empty",
    ),
    "overlapping sizes": (
        ("employee_bands", "10-49,10", "10-49,9"),
        "seeds/reference/employee_bands.csv line 3, column lower: '9' overlaps with 1-9 in line 2, which ends at 9; it may be 10",
    ),
    "gap between sizes": (
        ("employee_bands", "50+,50", "50+,60"),
        "seeds/reference/employee_bands.csv line 4, column lower: '60' leaves a gap above 10-49 in line 3, which ends at 49; it may be 50",
    ),
    "open size in the middle": (
        ("employee_bands", "10,49", "10,"),
        "seeds/reference/employee_bands.csv line 3, column upper: an empty cell leaves 10-49 without end, though 50+ lies above; it may be 49",
    ),
    # Golden leads
    "persona of both": (
        (
            "golden_leads",
            'ann,"Fit 12, engagement 6",,,pricing_page',
            'ann,"Fit 12, engagement 6",country,,pricing_page',
        ),
        "seeds/points/golden_leads.csv line 3, column attribute: 'country' stands beside an event_key; it may be filled where event_key is empty, and else empty",
    ),
    "persona's event without a day": (
        ("golden_leads", "pricing_page,0,1", "pricing_page,,1"),
        "seeds/points/golden_leads.csv line 3, column days_before: an empty cell leaves pricing_page without days_before; it may be a whole number",
    ),
    "persona's attribute with a day": (
        ("golden_leads", "seniority,director,,,", "seniority,director,,0,"),
        "seeds/points/golden_leads.csv line 2, column days_before: '0' means nothing to an attribute; it may be empty",
    ),
    "persona's event with a value": (
        ("golden_leads", ",,,pricing_page", ",,x,pricing_page"),
        "seeds/points/golden_leads.csv line 3, column value: 'x' means nothing to an event_key; it may be empty",
    ),
    "persona in an unknown band": (
        ("golden_leads", "disqualified,main", "gone,main"),
        "seeds/points/golden_leads.csv line 4, column expected_band: 'gone' is no band of main; it may be cold, warm, hot or disqualified",
    ),
    "persona in two bands": (
        ("golden_leads", "1,cold,main", "1,warm,main"),
        "seeds/points/golden_leads.csv line 3, column expected_band: 'warm' differs from line 2 of ann; it may be cold",
    ),
    "persona half a time": (
        ("golden_leads", "pricing_page,0,1", "pricing_page,0,0.5"),
        "seeds/points/golden_leads.csv line 3, column occurrences: '0.5' is no whole number; it may be a whole number from 1 to 1000000",
    ),
    # Columns and lines
    "renamed column": (
        ("event_points", "decay_days", "days_of_decay"),
        "seeds/points/event_points.csv line 1, column days_of_decay: 'days_of_decay' is no column; it may be decay_days",
    ),
    "missing column": (
        (
            "channels",
            "lead_source,channel\ngoogle,organic_search\ngoogle ads,paid_search",
            "lead_source\ngoogle\ngoogle ads",
        ),
        "seeds/mapping/channels.csv line 1, column channel: the column is missing",
    ),
    "unknown column": (
        (
            "employee_bands",
            "band,lower,upper\n1-9,1,9\n10-49,10,49\n50+,50,",
            "band,lower,upper,note\n1-9,1,9,\n10-49,10,49,\n50+,50,,",
        ),
        "seeds/reference/employee_bands.csv line 1, column note: 'note' is no column; it may be left out",
    ),
    "column twice": (
        ("channels", "lead_source,channel", "channel,channel"),
        "seeds/mapping/channels.csv line 1, column channel: 'channel' stands in the header twice\n"
        "seeds/mapping/channels.csv line 1, column lead_source: the column is missing",
    ),
    "column without name": (
        ("channels", "lead_source,channel\n", "lead_source,channel,\n"),
        "seeds/mapping/channels.csv line 1: cell 3 of the header is empty and is no column; it may be left out\n"
        "seeds/mapping/channels.csv line 2: 2 cells stand where the header has 3; write a comma also before and after an empty cell\n"
        "seeds/mapping/channels.csv line 3: 2 cells stand where the header has 3; write a comma also before and after an empty cell",
    ),
    "comma within a cell": (
        ("channels", "google ads,paid_search", "google, ads,paid_search"),
        "seeds/mapping/channels.csv line 3: 3 cells stand where the header has 2; put a cell that holds a comma in double quotes, and write decimals with a point",
    ),
    "cell too few": (
        ("score_bands", "main,,warm,2,25,Write", "main,,warm,2,25"),
        "seeds/points/score_bands.csv line 3: 5 cells stand where the header has 6; write a comma also before and after an empty cell",
    ),
    "quote that is not closed": (
        ("golden_leads", "bob,Disqualified", 'bob,"Disqualified'),
        "seeds/points/golden_leads.csv line 4: a double quote is not closed, or text follows it; quote the whole cell and write a double quote within it twice",
    ),
    "text after a quote": (
        ("golden_leads", "bob,Disqualified", 'bob,"Disqualified" for good'),
        "seeds/points/golden_leads.csv line 4: a double quote is not closed, or text follows it; quote the whole cell and write a double quote within it twice",
    ),
    "blank rows of a spreadsheet": (
        ("channels", "google ads,paid_search\n", "google ads,paid_search\n,\n,\n"),
        "seeds/mapping/channels.csv line 4: a blank row and 1 more; delete blank rows, also at the end",
    ),
    "empty line": (
        ("role_mailboxes", "info\n", "info\n\n"),
        "seeds/mapping/role_mailboxes.csv line 3: a blank row; delete blank rows, also at the end",
    ),
}


@pytest.mark.parametrize(("changed", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(folder: Path, changed: tuple[str, str, str], message: str) -> None:
    change(folder, *changed)
    assert errors(folder) == message.split("\n")


def test_two_champions_may_follow_one_another(folder: Path) -> None:
    change(folder, "score_models", "challenger,0.1,0,100,rescale", "champion,,0,100,rescale")
    assert errors(folder) == []


def test_challengers_share_all_leads_at_most(folder: Path) -> None:
    row = "2025-01-01\nthird,Another on trial,challenger,0.95,0,100,clamp,\n"
    change(folder, "score_models", "2025-01-01\n", row)
    assert errors(folder) == [
        "seeds/points/score_models.csv line 4, column traffic_share: '0.95' makes the shares of the challengers 1.05; it may be 0.90 or less",
        "seeds/points/score_models.csv line 4, column score_model: 'third' has no rows in score_groups",
        "seeds/points/score_models.csv line 4, column score_model: 'third' has no rows in score_bands that hold in all regions",
    ]


def test_both_kinds_have_grades_or_none(folder: Path) -> None:
    change(folder, "grade_bounds", "main,engagement,A,20\nmain,engagement,B,\n", "")
    header = GOOD["grade_matrix"].lstrip().split("\n")[0]
    place(folder, "grade_matrix").write_text(f"{header}\n", "utf-8")
    assert errors(folder) == [
        "seeds/points/grade_bounds.csv, column kind: main has no grades of the kind engagement"
    ]
    header = GOOD["grade_bounds"].lstrip().split("\n")[0]
    place(folder, "grade_bounds").write_text(f"{header}\n", "utf-8")
    assert errors(folder) == []


def test_ranges_overlap_only_where_both_rules_hold(folder: Path) -> None:
    change(
        folder,
        "attribute_points",
        "main,small,fit,employee_count,between,,10,49,,,,",
        "main,in_2020,fit,employee_count,between,,10,99,North America,2020-01-01,2020-12-31,points,3,no,Then\n"
        "main,in_2021,fit,employee_count,between,,10,99,North America,2021-01-01,,points,3,no,Now\n"
        "main,medium,fit,employee_count,at_least,,50,,North America,,,points,6,no,Company of 50 people or more\n"
        "main,small,engagement,employee_count,between,,10,499,,,,",
    )
    assert errors(folder) == []
    change(folder, "attribute_points", "2021-01-01", "2020-12-31")
    assert errors(folder) == [
        "seeds/points/attribute_points.csv line 4, column lower: '10' overlaps with in_2020 in line 3: 10 to 99 count twice; it may be a range of its own: both rules would count"
    ]


# What an editor or a spreadsheet makes of a whole file, as bytes.
TITLES = "seeds/mapping/title_keywords.csv"
CHANNELS = "seeds/mapping/channels.csv"
SAVE = "save it as CSV in UTF-8 without BOM"


def only(*keywords: str) -> str:
    """The seed title_keywords, with the header, a row in ASCII and these keywords."""
    rows = "".join(f"{keyword},xx,seniority,director,1,\n" for keyword in keywords)
    return f"keyword,language,attribute,value,priority,description\nhead,en,seniority,director,1,\n{rows}"


def channels(edit: Callable[[str], str] = str, encoding: str = "utf-8") -> bytes:
    return edit(GOOD["channels"].lstrip()).encode(encoding)


FILES = {
    "CP874": (
        ("title_keywords", only("ผู้อำนวยการ").encode("cp874")),
        f"{TITLES} line 3: the file is not UTF-8 but looks like CP874 (Thai); {SAVE}",
    ),
    "CP1253": (
        ("title_keywords", only("Διευθύνων Σύμβουλος").encode("cp1253")),
        f"{TITLES} line 3: the file is not UTF-8 but looks like CP1253 (Greek); {SAVE}",
    ),
    "Big5": (
        ("title_keywords", only("總經理", "副總").encode("big5")),
        f"{TITLES} line 3: the file is not UTF-8 but looks like Big5 (traditional Chinese); {SAVE}",
    ),
    "CP1252": (
        ("title_keywords", only("Geschäftsführer", "Directeur général").encode("cp1252")),
        f"{TITLES} line 3: the file is not UTF-8 but looks like CP1252 (Western European); {SAVE}",
    ),
    "CP1252 whose bytes are Big5, too": (
        ("title_keywords", only("Änderungsmanager").encode("cp1252")),
        f"{TITLES} line 3: the file is not UTF-8 but looks like CP1252 (Western European); {SAVE}",
    ),
    "GBK": (
        ("title_keywords", only("首席执行官", "销售总监").encode("gbk")),
        f"{TITLES} line 3: the file is not UTF-8 but looks like GBK (simplified Chinese); {SAVE}",
    ),
    "Shift-JIS": (
        ("title_keywords", only("代表取締役", "マネージャー").encode("cp932")),
        f"{TITLES} line 3: the file is not UTF-8 but looks like Shift-JIS (Japanese); {SAVE}",
    ),
    "an encoding that cannot be told": (
        (
            "title_keywords",
            only("head of").encode() + b"\x80\x81\xff\xfe\xfd,xx,seniority,director,1,\n",
        ),
        f"{TITLES} line 4: the file is not UTF-8; {SAVE}",
    ),
    "UTF-16": (
        ("channels", channels(encoding="utf-16")),
        f"{CHANNELS}: the file is UTF-16, as 'Unicode text' is; {SAVE}",
    ),
    "UTF-16 without mark": (
        ("channels", channels(encoding="utf-16-le")),
        f"{CHANNELS} line 1: a NUL byte stands there: it is no text; {SAVE}",
    ),
    "NUL byte": (
        ("channels", channels(lambda text: text.replace("ads", "\0"))),
        f"{CHANNELS} line 3: a NUL byte stands there: it is no text; {SAVE}",
    ),
    "byte order mark": (
        ("channels", channels(encoding="utf-8-sig")),
        f"{CHANNELS} line 1: the file begins with a byte order mark (BOM); {SAVE}",
    ),
    "semicolons": (
        ("channels", channels(lambda text: text.replace(",", ";"))),
        f"{CHANNELS} line 1: cells are parted by semicolons; {SAVE}, with commas",
    ),
    "tabs": (
        ("channels", channels(lambda text: text.replace(",", "\t"))),
        f"{CHANNELS} line 1: cells are parted by tabs; {SAVE}, with commas",
    ),
    "a mark and semicolons": (
        ("channels", channels(lambda text: text.replace(",", ";"), "utf-8-sig")),
        f"{CHANNELS} line 1: the file begins with a byte order mark (BOM); {SAVE}\n"
        f"{CHANNELS} line 1: cells are parted by semicolons; {SAVE}, with commas",
    ),
    "line ends of two kinds": (
        ("channels", channels(lambda text: text.replace("search\n", "search\r\n", 1))),
        f"{CHANNELS}: lines end in different ways (CR LF and LF); save it with LF alone",
    ),
    "empty file": (
        ("channels", b""),
        f"{CHANNELS}: the file is empty; its first line must be lead_source,channel",
    ),
    "file of line ends": (
        ("channels", b"\r\n\r\n"),
        f"{CHANNELS}: the file is empty; its first line must be lead_source,channel",
    ),
    "rows without header": (
        ("channels", channels(lambda text: text.split("\n", 1)[1])),
        f"{CHANNELS} line 1, column google: 'google' is no column; it may be lead_source or channel\n"
        f"{CHANNELS} line 1, column organic_search: 'organic_search' is no column; it may be lead_source or channel\n"
        f"{CHANNELS} line 1, column lead_source: the column is missing\n"
        f"{CHANNELS} line 1, column channel: the column is missing",
    ),
}


@pytest.mark.parametrize(("written", "message"), FILES.values(), ids=FILES)
def test_a_faulty_file_is_named(folder: Path, written: tuple[str, bytes], message: str) -> None:
    seed, content = written
    place(folder, seed).write_bytes(content)
    assert errors(folder) == message.split("\n")


def test_line_ends_of_windows_are_read(folder: Path) -> None:
    place(folder, "channels").write_bytes(channels(lambda text: text.replace("\n", "\r\n")))
    assert errors(folder) == []
    change(folder, "channels", "organic_search", "1")
    assert errors(folder) == [
        f"{CHANNELS} line 2, column channel: '1' is a number; it may be a name with a letter and no space around it"
    ]


def test_a_cell_may_begin_with_a_single_quote(folder: Path) -> None:
    change(folder, "event_points", "Attended a webinar", "'Attended' a webinar")
    assert errors(folder) == []


def test_columns_may_stand_in_another_order(folder: Path) -> None:
    place(folder, "channels").write_text("channel,lead_source\norganic_search,google\n", "utf-8")
    assert errors(folder) == []


def test_files_are_those_of_the_seeds(folder: Path) -> None:
    place(folder, "channels").unlink()
    (folder / "mapping/chanels.csv").write_text("lead_source,channel\n", "utf-8")
    (folder / "mapping/x.csv").write_text("", "utf-8")
    (folder / "reference/countries.csv").write_text(GOOD["countries"].lstrip(), "utf-8")
    (folder / "points/score_bands.xlsx").write_bytes(b"PK")
    (folder / "README.md").write_text("how to edit", "utf-8")
    report = check_seeds(folder)
    names = ", ".join(sorted(f"{name}.csv" for name in GOOD))
    assert [str(finding) for finding in report.errors] == [
        "seeds/mapping/chanels.csv: the file is no seed; it may be named channels.csv",
        "seeds/mapping/channels.csv: the file is missing; where it has no rows it is its header alone",
        f"seeds/mapping/x.csv: the file is no seed; it may be named {' or '.join(names.rsplit(', ', 1))}",
        "seeds/reference/countries.csv: the seed stands in seeds/mapping/countries.csv too; one of them must go",
    ]
    assert [str(finding) for finding in report.warnings] == [
        "seeds/points/score_bands.xlsx: the file is not read; a seed is a CSV file"
    ]


@pytest.mark.parametrize("is_overlay", [False, True], ids=["seeds", "overlay"])
@pytest.mark.parametrize(
    ("put", "message"),
    [
        (Path.mkdir, "a folder stands there; a seed is a CSV file"),
        (os.mkfifo, "no file stands there; a seed is a CSV file"),
        (
            lambda file: file.symlink_to("../gone.csv"),
            "the link to ../gone.csv leads to no file",
        ),
        (lambda file: file.symlink_to(file.name), "the link to channels.csv leads to no file"),
    ],
    ids=["folder", "pipe", "broken link", "link to itself"],
)
def test_what_is_no_file_is_named(
    folder: Path, put: Callable[[Path], object], message: str, is_overlay: bool
) -> None:
    place(folder, "channels").unlink()
    laid = folder.parent / "laid"
    laid.mkdir()
    if is_overlay:
        place(folder, "channels").write_text(GOOD["channels"].lstrip(), "utf-8")
    put(laid / "channels.csv" if is_overlay else place(folder, "channels"))
    (laid / "notes").mkdir()
    (laid / "linked").symlink_to("notes")
    assert {str(finding) for finding in check_seeds(folder, laid).errors} == {
        f"{'laid/channels.csv' if is_overlay else CHANNELS}: {message}",
        "laid/linked: a link to a folder is not followed; put the folder itself there",
    }
    assert "channels" in seed_files(folder, laid)


@pytest.mark.parametrize("closed", ["mapping", "mapping/channels.csv"])
def test_what_may_not_be_read_is_named(folder: Path, closed: str) -> None:
    """Read by another user, where the tests run as root, who may read all."""
    code = """
import os, sys
from pathlib import Path
from scripts.seeds.check_seeds import check_seeds
from scripts.shared.errors import UserError
from scripts.seeds.checks.seeds import profile_attributes, read_seeds

read_seeds(), profile_attributes()
if os.geteuid() == 0:
    os.setuid(65534)
try:
    check_seeds(Path(sys.argv[1]), allow_protected=False)
except UserError as error:
    print(error)
"""
    with TemporaryDirectory() as opened:  # pytest's own folders are closed to others
        Path(opened).chmod(0o755)
        seeds = Path(shutil.copytree(folder, Path(opened) / "seeds"))
        (seeds / closed).chmod(0)
        told = subprocess.run(
            [sys.executable, "-c", code, seeds],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        (seeds / closed).chmod(0o700)
    assert told.stdout == (
        f"{seeds / closed} cannot be read (Permission denied); give your user the right to\n"
    )


WARNINGS = {
    "alert of a band that is no more": (
        ("alerts", "untouched,hot", "untouched,boiling"),
        "seeds/sales/alerts.csv line 3, column band: 'boiling' is no band of score_bands; it may be cold, warm or hot",
    ),
    "attribute that is an extra column": (
        ("attribute_points", "country,is_missing", "favourite_colour,is_missing"),
        "seeds/points/attribute_points.csv line 8, column attribute: 'favourite_colour' is no attribute that is known; it counts where leads are landed with such a column",
    ),
    "attribute that is an extra column of accounts": (
        ("attribute_points", "country,is_missing", "account.size,is_missing"),
        "seeds/points/attribute_points.csv line 8, column attribute: 'account.size' is no attribute that is known; it counts where accounts are landed with such a column",
    ),
    "extra column that extends the name of an attribute": (
        ("attribute_points", "country,is_missing", "country_2,is_missing"),
        "seeds/points/attribute_points.csv line 8, column attribute: 'country_2' is no attribute that is known; it counts where leads are landed with such a column",
    ),
    "unknown event_key": (
        ("event_points", "webinar_attendance", "webinar_attendence"),
        "seeds/points/event_points.csv line 3, column event_key: 'webinar_attendence' is no event_key that is known; it counts where events of that type are landed; it may be webinar_attendance or another key or type of event_keys",
    ),
    "an event_key like no other": (
        ("inactivity_points", "any_engagement", "xyz"),
        "seeds/points/inactivity_points.csv line 2, column event_key: 'xyz' is no event_key that is known; it counts where events of that type are landed; it may be any key or type of event_keys",
    ),
    "unknown requires_event_key": (
        ("inactivity_points", "email_sent", "email_send"),
        "seeds/points/inactivity_points.csv line 3, column requires_event_key: 'email_send' is no event_key that is known; it counts where events of that type are landed; it may be email_sent or another key or type of event_keys",
    ),
    "unknown follows_event_key": (
        ("event_keys", "webinar_attendance,7", "webinar_attendence,7"),
        "seeds/mapping/event_keys.csv line 7, column follows_event_key: 'webinar_attendence' is no event_key that is known; it counts where events of that type are landed; it may be webinar_attendance or another key or type of event_keys",
    ),
    "stage of an unknown event": (
        ("lifecycle_stages", "webinar_attendance", "demo_request"),
        "seeds/mapping/lifecycle_stages.csv line 4, column value: 'demo_request' is no event_key that is known; it counts where events of that type are landed; it may be any event_key",
    ),
    "group without rules": (
        ("attribute_points", "other,keen,fit", "other,keen,engagement"),
        "seeds/points/score_groups.csv line 4, column score_group: 'fit' is a group of other without rules",
    ),
    "no reason": (
        ("event_points", "Attended a webinar", ""),
        "seeds/points/event_points.csv line 3, column reason: an empty cell lets sales read webinar as the reason",
    ),
    "bars in one text": (
        ("attribute_points", "country,is_missing,", "country,contains,DE|AT"),
        "seeds/points/attribute_points.csv line 8, column value: 'DE|AT' is one text to contains; only in parts texts at |",
    ),
    "seniority that no title has": (
        ("attribute_points", "vp|director", "VP|head"),
        "seeds/points/attribute_points.csv line 2, column value: 'VP|head' asks for head, which seniority never is; it may be director or vp",
    ),
    "answer that no segment gives": (
        ("attribute_points", "equals,yes", "equals,true"),
        "seeds/points/attribute_points.csv line 10, column value: 'true' asks for true, which in_segment:keen never is; it may be yes or no",
    ),
    "band below the lowest score": (
        ("score_bands", "warm,2,25", "warm,2,0"),
        "seeds/points/score_bands.csv line 3, column lower_bound: '0' is min_score: no lead comes into a band below",
    ),
    "page that is not a whole URL": (
        ("event_keys", "pricing_page,page_visit,*/pricing", "pricing_page,page_visit,/pricing"),
        "seeds/mapping/event_keys.csv line 2, column page_glob: '/pricing' matches only URLs that begin so; it may be */pricing",
    ),
    "silence that never begins": (
        ("inactivity_points", "email_sent", "email_open"),
        "seeds/points/inactivity_points.csv line 3, column requires_event_key: 'email_open' is the event_key itself, so the rule never fires; it may be empty or another event_key",
    ),
    "band that makes an MQL of every lead": (
        ("lifecycle_stages", "mql,band,hot", "mql,band,cold"),
        "seeds/mapping/lifecycle_stages.csv line 2, column value: 'cold' is the lowest band of main and other: every lead is mql",
    ),
    "model without a band that a stage asks for": (
        ("score_bands", "other,,hot", "other,,high"),
        "seeds/points/score_models.csv line 3, column score_model: 'other' has no band that makes its leads mql (lifecycle_stages); it may be a model with the band hot",
    ),
    "band without a next action": (
        ("score_bands", "main,,hot,3,50,Call", "main,,hot,3,50,"),
        "seeds/points/score_bands.csv line 4, column next_action: an empty cell leaves sales without what lower bands have",
    ),
    "band that no row of next_actions names": (
        ("next_actions", "warm|hot", "warm"),
        "seeds/points/score_bands.csv line 4, column band: 'hot' is in no row of next_actions, though lower bands are",
    ),
    "rule that asks what another asks": (
        (
            "attribute_points",
            "main,rival,fit",
            "main,bosses,fit,seniority,in,vp|director,,,,,,points,1,no,Heads\nmain,rival,fit",
        ),
        "seeds/points/attribute_points.csv line 7, column rule_id: 'bosses' asks what heads in line 2 asks: both count",
    ),
    "rule that ended before its model began": (
        ("event_points", "pricing_page,,,,5,30", "pricing_page,,,2024-12-31,5,30"),
        "seeds/points/event_points.csv line 5, column valid_to: '2024-12-31' is before other is live (2025-01-01): the rule never fires",
    ),
    "persona of a model that is off": (
        ("score_models", "trial,challenger,0.1", "trial,off,"),
        "seeds/points/golden_leads.csv line 5, column score_model: 'other' is off, so cy is not checked",
    ),
}


@pytest.mark.parametrize(("changed", "message"), WARNINGS.values(), ids=WARNINGS)
def test_what_may_be_meant_is_a_warning(
    folder: Path, changed: tuple[str, str, str], message: str
) -> None:
    change(folder, *changed)
    assert warnings(folder) == [message]
    assert errors(folder) == []


def test_a_warehouse_that_is_not_built_is_told_and_the_seeds_are_checked_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "leads.duckdb"
    monkeypatch.setenv("LEADS_WAREHOUSE", str(file))
    duckdb.connect(file).close()
    done = CliRunner().invoke(app, ["check-seeds"])
    assert done.exit_code == 0
    assert f"not held against what was landed: {file} was not built yet, or by" in done.output
    file.write_text("no database" * 1000)
    done = CliRunner().invoke(app, ["check-seeds"])
    assert done.exit_code == 0
    assert f"not held against what was landed: {file} cannot be opened: " in done.output


def test_a_model_without_rules_is_told(folder: Path) -> None:
    change(
        folder,
        "attribute_points",
        "other,keen,fit,in_segment:keen,equals,yes,,,,,,points,20,no,Is keen\n",
        "",
    )
    change(
        folder,
        "event_points",
        "other,pricing,engagement,pricing_page,,,,5,30,1,,none,,,,,no,Looked at prices\n",
        "",
    )
    change(folder, "score_models", "rescale", "clamp")
    assert warnings(folder) == [
        "seeds/points/score_groups.csv line 4, column score_group: 'fit' is a group of other without rules",
        "seeds/points/score_groups.csv line 5, column score_group: 'engagement' is a group of other without rules",
        "seeds/points/score_models.csv line 3, column score_model: 'other' has no rules: all its scores are the same",
    ]


def test_a_faulty_table_is_not_compared_with_others(folder: Path) -> None:
    place(folder, "score_models").write_bytes(b"\x81")
    place(folder, "event_keys").write_bytes(b"\x81")
    change(folder, "attribute_points", "seniority,in,vp", "senority,in,v p")
    assert errors(folder) == [
        f"seeds/mapping/event_keys.csv line 1: the file is not UTF-8; {SAVE}",
        f"seeds/points/score_models.csv line 1: the file is not UTF-8; {SAVE}",
        "seeds/points/attribute_points.csv line 2, column attribute: 'senority' is no attribute; it may be seniority",
    ]


@pytest.mark.parametrize("said", ["False", "maybe", None])
def test_whether_protected_attributes_are_scored_is_true_or_false(
    folder: Path, monkeypatch: pytest.MonkeyPatch, said: object
) -> None:
    monkeypatch.setattr("scripts.seeds.check_seeds.project_var", lambda _: said)
    with pytest.raises(UserError, match="it may be true or false"):
        check_seeds(folder)


def test_protected_attributes_are_scored_where_that_is_allowed(folder: Path) -> None:
    change(folder, "attribute_points", "country,is_missing", "gender,is_missing")
    assert check_seeds(folder, allow_protected=True).errors == ()
    assert len(check_seeds(folder, allow_protected=False).errors) == 1
    assert len(check_seeds(folder).errors) == 1  # as dbt_project.yml has it


def test_an_overlay_replaces_seeds_of_the_same_name(folder: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "proposal"
    overlay.mkdir()
    good = place(folder, "channels").read_bytes()
    place(folder, "channels").write_bytes(b"")
    (overlay / "channels.csv").write_bytes(good)
    (overlay / "email_domains.csv").write_text("domain,kind\ngmail.com,private\n", "utf-8")
    assert [str(finding) for finding in check_seeds(folder, overlay).errors] == [
        "proposal/email_domains.csv line 2, column kind: 'private' is no kind; it may be free, disposable or competitor"
    ]


def test_errors_are_raised_twenty_at_a_time(folder: Path) -> None:
    check_seeds(folder).raise_for_errors()
    rows = "".join(f"{number}.example,rival\n" for number in range(23))
    place(folder, "email_domains").write_text(f"domain,kind\n{rows}", "utf-8")
    with pytest.raises(UserError) as raised:
        check_seeds(folder).raise_for_errors()
    lines = str(raised.value).split("\n")
    assert lines[0] == "the seeds cannot be used:"
    assert lines[1] == (
        "seeds/mapping/email_domains.csv line 2, column kind: 'rival' is no kind; it may be free, disposable or competitor"
    )
    assert lines[20].startswith("seeds/mapping/email_domains.csv line 21, ")
    assert lines[21:] == ["and 3 more"]


@pytest.fixture
def landed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse of a few leads and events, as a build leaves it."""
    file = tmp_path / "leads.duckdb"
    monkeypatch.setenv("LEADS_WAREHOUSE", str(file))
    people = [
        *[("director", "DE")] * 6,
        *[("vp", "US")] * 3,
        *[("director", "FR")] * 4,
    ]
    with duckdb.connect(str(file)) as warehouse:
        warehouse.execute("create schema intermediate; create schema raw; create schema seeds")
        warehouse.execute(
            "create table intermediate.int_all_event_days as select unnest($1::varchar[]) as event_key",
            [
                [
                    "any_engagement",
                    "pricing_page",
                    "email_unsubscribe",
                    "webinar_attendance",
                    "email_sent",
                ]
            ],
        )
        for entity in ("leads", "accounts"):
            warehouse.execute(f"create table raw.{entity} (attributes json)")
        warehouse.execute("""insert into raw.leads values ('{"favourite_colour": ""}'), (null)""")
        warehouse.execute(
            "create table intermediate.int_lead_profiles (lead_id varchar, seniority varchar, "
            "country varchar, email_domain_kind varchar, attributes json)"
        )
        warehouse.executemany(
            """insert into intermediate.int_lead_profiles values ($1, $2, $3, 'business', '{"plan": "Gold", "$odd": "x"}')""",
            [(f"l{number}", *values) for number, values in enumerate(people)],
        )
        warehouse.execute("create table seeds.segments as select unnest(range(3)) as segment")
    return file


def against(folder: Path) -> list[str]:
    """The warnings, once the seeds are held against what was landed."""
    report = check_seeds(folder)
    assert report.errors == ()
    return [str(finding) for finding in warnings_for_landed(report)]


def test_rules_that_never_fired_are_told(folder: Path, landed: Path) -> None:
    assert against(folder) == []
    change(folder, "attribute_points", "country,is_missing,", "favourite_colour,equals,red")
    change(folder, "segments", "visits_last_7_days,at_least,,2", "unlanded,is_set,,")
    change(folder, "event_points", "engagement,webinar_attendance", "engagement,webinar")
    change(folder, "inactivity_points", "email_open,30,email_sent", "email_open,30,newsletter_open")
    assert against(folder) == [
        "seeds/points/attribute_points.csv line 8, column attribute: 'favourite_colour' never occurs, so the rule never fires",
        "seeds/points/event_points.csv line 3, column event_key: 'webinar' never occurs, so the rule never fires",
        "seeds/points/inactivity_points.csv line 3, column requires_event_key: 'newsletter_open' never occurs, so the rule never fires",
    ]
    change(
        folder, "attribute_points", "favourite_colour,equals,red", "favourite_colour,is_missing,"
    )
    assert len(against(folder)) == 2


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("country,equals,de", None),  # compared without case
        ("country,in,DE|AT", None),  # somebody is from there
        ("country,in,AT|CH", "'AT|CH' is no country that any lead ever had"),
        ("country,equals,AT", "'AT' is no country that any lead ever had"),
        ("plan,equals,Golden", "'Golden' asks for Golden, which no plan is; 13 leads have 'Gold'"),
        ("plan,equals,Silver", "'Silver' is no plan that any lead ever had"),
        ("country,contains,AT", None),
        ("nothing_of_the_kind,equals,x", "never occurs"),
        ("$odd,equals,Ace", "is no $odd that any lead ever had"),
    ],
)
def test_a_rule_on_a_value_that_no_lead_has_is_told(
    folder: Path, landed: Path, condition: str, told: str | None
) -> None:
    with duckdb.connect(str(landed)) as warehouse:
        warehouse.execute("""insert into raw.leads values ('{"plan": "Gold", "$odd": "x"}')""")
    change(folder, "attribute_points", "country,is_missing,", condition)
    found = against(folder)
    assert len(found) == bool(told)
    assert all(told in line and " line 8, " in line for line in found if told)


def test_a_guard_may_wait_and_a_rare_value_is_nobody_elses_business(
    folder: Path, landed: Path
) -> None:
    rule = "main,nowhere,fit,country,{},,,,2025-01-01,2025-12-31,{},{},,Did not say where they are"
    was = rule.format("is_missing,", "", "-2")
    change(folder, "attribute_points", was, rule.format("equals,AT", "disqualify", ""))
    assert against(folder) == []
    change(folder, "attribute_points", "country,equals,AT", "country,equals,USA")
    assert against(folder) == []  # three leads are from the US, too few to be named


def test_a_table_without_rows_is_told(folder: Path, landed: Path, tmp_path: Path) -> None:
    header = GOOD["event_measures"].lstrip().split("\n")[0] + "\n"
    place(folder, "event_measures").write_text(header, "utf-8")
    change(folder, "attribute_points", "visits_last_7_days", "tenure_days")
    change(folder, "segments", "visits_last_7_days", "tenure_days")
    assert warnings(folder) == [
        "seeds/mapping/event_measures.csv: the table has no rows, so nothing comes of it"
    ]
    overlay = tmp_path / "proposal"
    overlay.mkdir()
    (overlay / "channels.csv").write_text("lead_source,channel\n", "utf-8")
    (overlay / "kpi_events.csv").write_text("kpi_event,event_key,description\n", "utf-8")
    with duckdb.connect(str(landed)) as warehouse:
        warehouse.execute("create table seeds.channels as select unnest(range(324)) as n")
        warehouse.execute("create table seeds.kpi_events as select 1 as n where false")
    report = check_seeds(folder, overlay)
    assert [str(finding) for finding in report.warnings] == warnings(folder)
    assert [str(finding) for finding in warnings_for_landed(report)] == [
        "proposal/channels.csv: the table has no rows; the last build had 324",
        *warnings(folder),
    ]


def test_a_type_that_was_landed_is_an_event_key_without_being_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule, a measure, a segment, a stage and a sequence ask for it; nothing has the other."""
    of_model = {"score_model": "m", "score_group": "all"}
    names = ("inactivity_points", "golden_leads", "grade_bounds")
    seeds: dict[str, list[Row]] = {
        **{name: [] for name in (*names, "grade_matrix")},
        "score_models": [
            {"score_model": "m", "role": "champion", "min_score": 0, "max_score": 100}
        ],
        "score_groups": [{**of_model, "kind": "engagement"}],
        "score_bands": [{"score_model": "m", "band": "cold", "band_order": 1}],
        "event_points": [
            {**of_model, "rule_id": "quote", "event_key": "Quote Sent", "points": 7},
            {**of_model, "rule_id": "none", "event_key": "quote_lost", "points": 1},
        ],
        "event_keys": [
            {"event_key": "visit_after", "event_type": "visit"}
            | {"follows_event_key": "Quote Sent", "within_days": 3}
        ],
        "attribute_points": [
            {**of_model, "rule_id": rule_id, "attribute": attribute, "operator": "equals"}
            | {"value": value, "effect": "points", "points": points}
            for rule_id, attribute, value, points in (
                ("quoted", "in_segment:quoted", "yes", 10),
                ("quotes", "quotes", "1", 20),
            )
        ],
        "segments": [{"segment": "quoted", "event_key": "Quote Sent", "window_days": 30}],
        "event_measures": [
            {"measure": "quotes", "event_key": "Quote Sent", "statistic": "count"}
            | {"window_days": 30}
        ],
        "lifecycle_stages": [
            {"stage": "sql", "source": "event_key", "value": "Quote Sent", "priority": 1},
            {"stage": "customer", "source": "payment", "value": "made", "priority": 1},
        ],
        "kpi_events": [],
        "next_actions": [],
    }
    raw = {
        "leads": [{"lead_id": "a", "created_at": "2025-01-01"}],
        "lead_events": [
            {"event_id": event_type, "lead_id": "a", "event_type": event_type, "occurred_at": at}
            for event_type, at in (("Quote Sent", "2025-01-02"), ("visit", "2025-01-03"))
        ],
    }
    with build(tmp_path, raw, seeds, ("+lead_score", "+lead_lifecycle")) as warehouse:
        assert warehouse.sql("select score from marts.lead_score").fetchall() == [(37,)]
        assert warehouse.sql(
            "select sql_at::date::varchar from marts.lead_lifecycle"
        ).fetchall() == [("2025-01-02",)]
        assert warehouse.sql(
            "select event_date::varchar from intermediate.int_sequence_event_days"
        ).fetchall() == [("2025-01-03",)]
    monkeypatch.setenv("LEADS_WAREHOUSE", str(tmp_path / "leads.duckdb"))
    monkeypatch.setenv("LEADS_SEEDS", str(tmp_path / "seeds"))
    told = CliRunner().invoke(app, ["check-seeds"])
    assert told.exit_code == 0
    lines = [line for line in told.output.splitlines() if "event_key" in line or "stages" in line]
    assert lines == [
        "warning: seeds/event_points.csv line 3, column event_key: 'quote_lost' "
        "never occurs, so the rule never fires"
    ]


def test_the_attributes_are_those_that_models_know() -> None:
    rules = PROJECT / "models/intermediate/rules"
    models = [(rules / f"int_{whose}_attributes.sql").read_text() for whose in ("lead", "account")]
    lists = dict(re.findall(r"set (\w+_columns) = \[(.*?)\]", "".join(models), re.DOTALL))
    profile = re.findall(r"'(\w+)'", lists["profile_columns"])
    account = [f"account.{name}" for name in re.findall(r"'(\w+)'", lists["account_columns"])]
    of_the_day = ["tenure_days", "first_event_key"]
    assert sorted(profile_attributes()) == sorted([*profile, *account, *of_the_day])


def test_segments_may_lie_as_deep_as_the_model_works_them_out() -> None:
    macro = (PROJECT / "macros" / "segment_levels.sql").read_text()
    assert re.findall(r"return\((\d+)\)", macro) == [str(SEGMENT_LEVELS)]


def test_the_check_alone_loads_no_database_and_no_dbt() -> None:
    code = "import sys, scripts.seeds.check_seeds; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert not {"duckdb", "dbt", "pandas", "metricflow"} & set(done.stdout.split())
