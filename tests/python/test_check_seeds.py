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
from scripts.seeds.check_seeds import check_seeds, never_firing, seed_files
from scripts.seeds.checks.mapping import SEGMENT_LEVELS
from scripts.seeds.checks.seeds import profile_attributes, read_seeds
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
