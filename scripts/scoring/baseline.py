"""What an edit of the point tables changes, from what the last build stored.

A rule's points are its units, which the build stored for each lead on which it fired, times what
the table says. So of an edit only the rules count whose rows are not as they were: where their
condition is the same, their stored units are priced anew; where it is another, and where a rule is
new, it alone is evaluated. Then those leads are scored again for which such a rule fired or fires,
all others keep their score. All of it is the SQL that dbt compiled, over fewer rows.

Scored are leads at the clock by the model that counts for them, the leads by which quality is
measured on the quality day, and personas. In SQL each is an observation, as in the models.
"""
# ruff: noqa: S608 (names in SQL are those of `interface` and of dbt's manifest)

from collections.abc import Mapping
from pathlib import Path

from scripts.scoring import compare
from scripts.scoring.champion import champion_at_clock
from scripts.scoring.effect import Persona, WhatIf
from scripts.scoring.firing import (
    ACCOUNTS,
    CONDITION,
    FIRED,
    NUMBERED,
    STAGED,
    Firing,
)
from scripts.scoring.measured import (
    COUNTED,
    EVALUATED,
    EVALUATED_SAMPLE,
    quality,
    sample_share,
)
from scripts.scoring.rescore import HISTORY_DATES, LIVE, Rescoring
from scripts.seeds.overlay import load_seed
from scripts.shared.interface import (
    ATTAINABLE_SCORES,
    DAYS_TO_SCORE,
    EVALUATED_FACTORS,
    EVENT_FACTORS,
    FACTORS,
    GOLDEN_LEADS,
    HISTORY_DUE,
    LEAD_ACCOUNTS,
    LEAD_PROFILES,
    LIVE_MODELS,
    REGION_BANDS,
    RULES,
    SCORE_GROUPS,
    SCORE_SPANS,
    SCORED_DAYS,
    SCORES,
)

# The seeds whose edits are found here; all others that scores depend on reach further.
POINT_TABLES = frozenset(
    {
        *("attribute_points", "event_points", "inactivity_points"),
        *("score_groups", "score_bands", "score_models", "grade_bounds", "grade_matrix"),
        "golden_leads",
    }
)

# The small tables that an edit makes anew, in the order in which they read one another.
OF_RULES = (
    STAGED,
    "int_live_models",
    "int_score_groups",
    "int_rules",
    "int_region_bands",
    "int_attainable_scores",
)
GOLDEN = "golden_leads"
# Rows that DuckDB gives to a thread at once: of fewer leads a second thread has nothing but costs.
ROW_GROUP = 122_880
REASONS_OF = "lead_score_factors"
# The history stays as it was, and with it the days on which bands were reached, and the lifecycle.
AS_IT_WAS = {"int_score_milestones", "int_lead_milestones"}
PRICED = "int_factors__events"
# All that people are known by: without it personas are alone.
OF_LEADS = (
    *("int_lead_profiles", "int_all_event_days", "int_sequence_event_days", ACCOUNTS),
    *("int_history_due", "int_evaluation_dates", *HISTORY_DATES),
)
READ = (
    *OF_RULES,
    *FIRED.values(),
    *("int_model_attributes", "int_history_ages", "int_tenure_bounds", "int_golden_attributes"),
    *("int_golden_event_days", "int_lead_attributes", "int_person_event_days", "int_colleagues"),
    *("int_first_events", "int_measures", "int_condition_values", "int_segments", PRICED),
    *("int_group_scores", "int_scores", "int_current_groups", "lead_score_factors", "lead_score"),
    *("int_evaluation_leads", "int_evaluation_scores", "threshold_curve"),
    *("int_score_spans", "int_days_to_score", "golden_lead_factors", *OF_LEADS),
)

WORTH = "({0}.score_group, {0}.effect, {0}.points, {0}.min_points, {0}.max_points)"

LEADS = f"""
select
    scores.observation_id, leads.lead_id, leads.score_model, scores.lead_region,
    leads.score, leads.band, leads.band_order, leads.is_callable,
    coalesce(allowed.is_callable, leads.is_callable) as may_be_called,
    leads.is_callable and coalesce(bands.is_mql, false) as is_ready
from {LIVE}.marts.lead_score as leads
inner join {LIVE}.{SCORES} as scores
    on leads.lead_id = scores.lead_id and leads.score_model = scores.score_model
    and scores.is_current
left join marts.lead_score as allowed
    on leads.lead_id = allowed.lead_id
left join {LIVE}.{REGION_BANDS} as bands
    on scores.score_model = bands.score_model and scores.lead_region = bands.lead_region
    and scores.band = bands.band
"""

# Whom only its points keep from a call may be called once it has others.
KEPT_BY_POINTS = f"""
select * replace (false as is_disqualified, false as is_junk)
from {LIVE}.marts.lead_score_by_model
where is_disqualified or is_junk
"""

PERSONAS = f"""
select distinct
    golden.lead_id, golden.persona, golden.score_model,
    scores.observation_id, scores.score, scores.band
from {GOLDEN_LEADS} as golden
inner join {LIVE}.{SCORES} as scores
    on golden.lead_id = scores.lead_id and golden.score_model = scores.score_model
"""

# A lead on the quality day is an observation of its own, whether or not a build scored it there.
MEASURED = f"""
select
    -row_number() over (order by leads.lead_id) as observation_id,
    getvariable('champion')::varchar as score_model,
    spans.created_date as span_created_date, spans.lead_region,
    leads.*
from ({COUNTED}) as leads
inner join {LIVE}.{SCORE_SPANS} as spans
    on leads.lead_id = spans.lead_id and spans.score_model = getvariable('champion')
    and leads.score_date between spans.valid_from_date and spans.valid_to_date
"""

# What the last build measured of these leads, where it is of today's points and data.
STORED = f"""
select measured.observation_id, days.score
from preview.measured as measured
inner join {LIVE}.{SCORED_DAYS} as days
    on measured.lead_id = days.lead_id and measured.score_model = days.score_model
    and measured.score_date = days.score_date and days.is_measured
inner join {LIVE}.{HISTORY_DUE} as due
    on days.lead_id = due.lead_id and days.score_model = due.score_model
    and days.inputs_hash = due.inputs_hash
"""

SEEN = f"""
select days.* from {LIVE}.{DAYS_TO_SCORE} as days
where days.observation_id in (
    select observation_id from preview.leads union all select observation_id from preview.personas
)
union all by name
select
    observation_id, lead_id, score_model, score_date, span_created_date as created_date,
    lead_region, false as is_current, true as is_measured
from preview.measured
"""

# Ids are texts; in joins of millions of rows a number takes their place.
NUMBERS = f"""
select row_number() over (order by lead_id)::int as number, lead_id from (
    select lead_id from {LIVE}.{LEAD_PROFILES}
    union
    select lead_id from {LIVE}.{LEAD_ACCOUNTS}
    union
    select lead_id from preview.seen
)
"""
FIRED_AT_CLOCK = f"""
select observation_id, rule_number, points, units from {FACTORS}
where observation_id in (select observation_id from preview.observed)
"""

FIRED_WHEN_MEASURED = f"""
select measured.observation_id, rules.rule_number, factors.points, factors.units
from preview.measured as measured
inner join {LIVE}.{EVALUATED_FACTORS} as factors
    on measured.lead_id = factors.lead_id and measured.score_model = factors.score_model
    and measured.score_date = factors.score_date
inner join {LIVE}.{RULES} as rules
    on factors.score_model = rules.score_model and factors.rule_id = rules.rule_id
    and factors.lead_region = rules.lead_region
"""

# What stands for all rules of a group that are as before: their sum.
GROUPS = f"""
select -row_number() over (order by score_model, score_group) as rule_number,
    score_model, score_group
from (select distinct score_model, score_group from {LIVE}.{RULES})
"""
SUMS = f"""
select factors.observation_id, groups.rule_number, sum(factors.points)::decimal(18, 4) as points
from preview.fired as factors
inner join {LIVE}.{RULES} as rules on factors.rule_number = rules.rule_number
inner join preview.groups as groups
    on rules.score_model = groups.score_model and rules.score_group = groups.score_group
group by all
"""
# What disqualifies or is junk counts by itself too; its points are in the sum.
LEFT_OUT = f"""
select factors.observation_id, factors.rule_number, 0::decimal(18, 4) as points
from preview.fired as factors
inner join {LIVE}.{RULES} as rules
    on factors.rule_number = rules.rule_number and rules.effect <> 'points'
"""

# The rules then, each with its number now, where it has one, and what is to be done.
JUDGED = f"""
select
    coalesce(
        was.rule_number,
        (select coalesce(max(rule_number), 0) from {LIVE}.{RULES})
        + row_number() over (order by will.rule_number)
    )::int as rule_number,
    will.* exclude (rule_number),
    case
        when was.rule_number is null
            or {CONDITION.format("was")} is distinct from {CONDITION.format("will")} then 'anew'
        when {WORTH.format("was")} is distinct from {WORTH.format("will")} then 'repriced'
        else 'same'
    end as standing
from {RULES} as will
left join {LIVE}.{RULES} as was
    on will.score_model = was.score_model and will.rule_id = was.rule_id
    and will.lead_region = was.lead_region
"""
GONE = f"""
select rule_number from {LIVE}.{RULES}
where rule_number not in (select rule_number from preview.judged where standing = 'same')
"""
TAKEN_OFF = f"""
select factors.observation_id, groups.rule_number, -factors.points as points
from preview.fired as factors
inner join preview.gone as gone on factors.rule_number = gone.rule_number
inner join {LIVE}.{RULES} as rules on factors.rule_number = rules.rule_number
inner join preview.groups as groups
    on rules.score_model = groups.score_model and rules.score_group = groups.score_group
"""
WITH_GROUPS = f"""
select * exclude (standing) from preview.judged
union all by name
select groups.*, score_groups.group_number, 'points' as effect
from preview.groups as groups
left join {SCORE_GROUPS} as score_groups
    on groups.score_model = score_groups.score_model
    and groups.score_group = score_groups.score_group
"""

# Models that another number of leads has, or on other days; of the others what each lead has
# anew where groups, bands, range or scale differ.
LIVE_ONES = f"""
select score_model, role, traffic_share, live_from_date, live_until_date from {{0}}{LIVE_MODELS}
"""
OF_ALL_LEADS = {
    "int_score_groups": f"select * exclude (group_number) from {{0}}{SCORE_GROUPS}",
    "int_region_bands": f"select * exclude (next_action) from {{0}}{REGION_BANDS}",
    "int_live_models": f"select score_model, min_score, max_score, scale from {{0}}{LIVE_MODELS}",
    "int_attainable_scores": f"select attainable.* from {{0}}{ATTAINABLE_SCORES} as attainable "
    f"inner join {{0}}{LIVE_MODELS} as models using (score_model) where models.scale = 'rescale'",
}

TOUCHED = """
select observation_id from preview.taken_off
union
select observation_id from preview.added
union
select observation_id from preview.observed where list_contains($models, score_model)
"""
OF_TOUCHED = "observation_id in (select observation_id from preview.touched)"
FACTORS_THEN = f"""
select observation_id, rule_number, points from preview.sums where {OF_TOUCHED}
union all
select observation_id, rule_number, points from preview.left_out
where {OF_TOUCHED} and rule_number not in (select rule_number from preview.gone)
union all
select observation_id, rule_number, points from preview.taken_off
union all
select observation_id, rule_number, points from preview.added
"""

# The scores that are looked at, of whom they are anew.
THEN = f"""
select
    scores.observation_id, scores.raw_score, scores.score, scores.band, scores.band_order,
    not scores.is_disqualified and not scores.is_junk as may_be_called,
    coalesce(bands.is_mql, false) as is_mql
from {SCORES} as scores
left join {REGION_BANDS} as bands
    on scores.score_model = bands.score_model and scores.lead_region = bands.lead_region
    and scores.band = bands.band
"""
COMPARED = """
select
    leads.lead_id, leads.observation_id,
    leads.score as score_now, leads.band as band_now, leads.band_order as order_now,
    leads.is_ready as is_ready_now,
    case when will.observation_id is null then leads.score else will.score end as score_then,
    case when will.observation_id is null then leads.band else will.band end as band_then,
    case when will.observation_id is null then leads.band_order else will.band_order end
        as order_then,
    case when will.observation_id is null then leads.is_callable
        else leads.may_be_called and will.may_be_called
    end as is_callable_then,
    case when will.observation_id is null then leads.is_ready
        else is_callable_then and will.is_mql
    end as is_ready_then
from preview.leads as leads
left join preview.scores_then as will on leads.observation_id = will.observation_id
"""

PERSONAS_THEN = f"""
select distinct
    personas.persona, personas.score_model, golden.expected_band, personas.band,
    case when will.observation_id is null then personas.band else will.band end,
    personas.score, coalesce(will.score, personas.score)
from preview.personas as personas
inner join {GOLDEN_LEADS} as golden
    on personas.lead_id = golden.lead_id and personas.score_model = golden.score_model
left join preview.scores_then as will on personas.observation_id = will.observation_id
order by all
"""

MEASURED_THEN = """
select measured.* exclude (observation_id, score), coalesce(will.score, measured.score) as score
from preview.scored as measured
left join preview.scores_then as will on measured.observation_id = will.observation_id
"""

UNITS_PRICED = """
select *, null::bigint as occurrences, null::date as last_event_date from (
    from preview.units
    union all
    select observation_id, rule_number, units from preview.fired
    where rule_number in (select rule_number from preview.judged where standing = 'repriced')
)
"""

# Numbers are in the order of the ids, so that it is all the same by which movers are ordered.
MOVERS_NAMED = """
select movers.* replace (numbers.lead_id as lead_id)
from movers
inner join preview.numbers as numbers on movers.lead_id = numbers.number
"""
# Why they have the score that they do: each rule that fires then, in place of sums.
FACTORS_OF_MOVERS = """
select observation_id, rule_number, points,
    null::bigint as occurrences, null::date as last_event_date
from (
    select observation_id, rule_number, points from preview.fired
    where rule_number not in (select rule_number from preview.gone)
    union all
    select observation_id, rule_number, points from preview.added
)
where observation_id in (select observation_id from movers)
"""
SCORES_OF_MOVERS = f"""
select days.lead_id, days.score_model, days.is_current, scores.raw_score, scores.score
from {DAYS_TO_SCORE} as days
inner join preview.scores_then as scores on days.observation_id = scores.observation_id
"""
REASONS_THEN = f"""
select factors.* replace (numbers.lead_id as lead_id)
from marts.{REASONS_OF} as factors
inner join preview.numbers as numbers on factors.lead_id = numbers.number
"""
REASONS_NOW = f"""
select factors.* from {LIVE}.marts.{REASONS_OF} as factors
inner join movers on factors.lead_id = movers.lead_id
inner join preview.leads as leads
    on movers.observation_id = leads.observation_id and factors.score_model = leads.score_model
"""


class Baseline:
    """Now's scores, and all that an edit needs to find others beside them."""

    def __init__(self, scratch: Rescoring) -> None:
        """Read what the last build stored."""
        self.scratch = scratch
        connection = scratch.connection
        connection.execute("create schema preview")
        connection.execute("set variable champion = ?", [champion_at_clock(connection)])
        scratch.run({"lead_score_by_model": KEPT_BY_POINTS}, (), (), ("lead_score",))
        scratch.run({EVALUATED: EVALUATED_SAMPLE}, (), AS_IT_WAS, ("int_evaluation_leads",))
        scratch.keep("leads", LEADS)
        scratch.keep("personas", PERSONAS)
        scratch.keep("measured", MEASURED)
        scratch.keep("seen", SEEN)
        scratch.keep("numbers", NUMBERS)
        scratch.keep("leads", NUMBERED.format("from preview.leads"))
        scratch.keep("observed", NUMBERED.format("from preview.seen"))
        scratch.keep("regions", f"select distinct region from {LEAD_PROFILES}")
        scratch.keep("stored", STORED)
        ((is_stored,),) = connection.sql(
            """select (select count(*) from preview.stored)
            = (select count(*) from preview.measured)"""
        ).fetchall()
        fired = [FIRED_AT_CLOCK, FIRED_WHEN_MEASURED] if is_stored else [FIRED_AT_CLOCK]
        scratch.keep("fired", " union all ".join(fired))
        scratch.keep("groups", GROUPS)
        self._firing = Firing(scratch)
        if not is_stored:
            self._measure_anew()
        scratch.keep("sums", SUMS)
        scratch.keep("left_out", LEFT_OUT)
        scratch.keep(
            "scored",
            "select * from preview.measured inner join preview.stored using (observation_id)",
        )
        self._share = sample_share(connection)
        if connection.sql("select count(*) from preview.leads").fetchall()[0][0] <= ROW_GROUP:
            connection.execute("set threads = 1")
        self.quality_now = quality(scratch, "from preview.scored", self._share)

    def prepare(self) -> None:
        """Have at hand what takes longest to find, before an edit asks for it."""
        self._firing.prepare()

    def effect(self, changed: Mapping[str, Path], movers: int | None) -> WhatIf | None:
        """What these files of seeds would change; those that scores depend on are `POINT_TABLES`.

        None where they reach further: where a model comes, goes, or gets other leads or days.
        """
        scratch, connection = self.scratch, self.scratch.connection
        scratch.restore(*POINT_TABLES)
        reached = changed.keys() & POINT_TABLES - {GOLDEN}
        for name in reached:
            scratch.replace(name, f"from {load_seed(connection, changed[name])}")
        scratch.replace("int_lead_profiles", "from preview.regions", "view")
        for name in OF_RULES:
            if reached.intersection(scratch.nodes[name].parents):
                reached.add(name)
                scratch.remake(name)
            else:
                scratch.restore(name)
        scratch.restore("int_lead_profiles")
        if "int_live_models" in reached and self._differing(LIVE_ONES):
            return None
        scratch.keep("judged", JUDGED)
        scratch.keep("gone", GONE)
        scratch.keep("taken_off", TAKEN_OFF)
        self._price("preview.observed")
        rescaled = {
            model
            for name in OF_ALL_LEADS.keys() & reached
            for model in self._differing(OF_ALL_LEADS[name])
        }
        scratch.replace("int_rules", WITH_GROUPS)
        scratch.keep("touched", TOUCHED, {"models": sorted(rescaled)})
        scratch.replace(
            "int_days_to_score",
            f"from preview.observed where {OF_TOUCHED}",
            "view",
        )
        self._score(FACTORS_THEN)
        scratch.keep("scores_then", THEN)
        connection.execute(f"create or replace temp table compared as {COMPARED}")
        counted = compare.count(connection)
        personas = tuple(Persona(*row) for row in connection.sql(PERSONAS_THEN).fetchall())
        quality_then = quality(scratch, MEASURED_THEN, self._share)
        compare.choose_movers(connection, movers)
        connection.execute(f"create or replace temp table movers as {MOVERS_NAMED}")
        self._tell_reasons()
        rules = compare.changed_rules(
            connection, "(select * exclude (standing) from preview.judged)"
        )
        if GOLDEN in changed:
            personas = self._personas_anew(changed)
        return WhatIf(
            changed_seeds=tuple(changed),
            changed_rules=rules,
            **vars(counted),
            movers=tuple(compare.movers(connection)),
            quality_now=self.quality_now,
            quality_then=quality_then,
            personas=personas,
        )

    def _personas_anew(self, changed: Mapping[str, Path]) -> tuple[Persona, ...]:
        """Score the proposed golden leads, and no lead beside them."""
        scratch = self.scratch
        scratch.restore()
        points = changed.keys() & POINT_TABLES
        for name in points:
            scratch.replace(name, f"from {load_seed(scratch.connection, changed[name])}")
        scratch.run(scratch.nothing_of(*OF_LEADS), points, (), ("golden_lead_factors",))
        found = compare.personas(scratch.connection)
        scratch.restore()
        return found

    def _tell_reasons(self) -> None:
        """Fill `reasons_now` and `reasons_then` with the reasons of the leads that move."""
        scratch, connection = self.scratch, self.scratch.connection
        scratch.replace(
            "int_days_to_score",
            "from preview.observed where observation_id in (select observation_id from movers)",
        )
        scratch.replace("int_factors", FACTORS_OF_MOVERS)
        scratch.remake("int_group_scores")
        scratch.replace("int_scores", SCORES_OF_MOVERS, "view")
        scratch.remake(REASONS_OF)
        connection.execute(f"create or replace temp table reasons_then as {REASONS_THEN}")
        connection.execute(f"create or replace temp table reasons_now as {REASONS_NOW}")
        scratch.restore("int_group_scores", "int_scores")

    def _score(self, factors: str) -> None:
        """Score the days that are to be scored, from these factors."""
        self.scratch.replace("int_factors", factors, "view")
        self._look_up("int_group_scores", "int_scores")

    def _look_up(self, *names: str) -> None:
        """Let what these models have be reckoned when it is read."""
        for name in names:
            if name not in self.scratch.replaced:
                self.scratch.replace(name, self.scratch.sql(name), "view")

    def _price(self, days: str) -> None:
        """Fill `preview.added` with what rules give that are judged anew or repriced."""
        scratch = self.scratch
        self._firing.find_units(days)
        scratch.replace("int_rules", "from preview.judged", "view")
        scratch.replace("int_event_units", UNITS_PRICED, "view")
        self._look_up(PRICED)
        scratch.keep(
            "added", f"select observation_id, rule_number, points, units from {EVENT_FACTORS}"
        )

    def _measure_anew(self) -> None:
        """Find what fires and what the scores are on the quality day, where no build stored it."""
        scratch = self.scratch
        scratch.keep(
            "judged",
            f"""select *, 'anew' as standing from {LIVE}.{RULES}
            where score_model = getvariable('champion')""",
        )
        # Not those at the clock, which are known, though it may be a lead's quality day.
        scratch.keep(
            "measured_days",
            """from preview.observed
            where observation_id in (select observation_id from preview.measured)""",
        )
        self._price("preview.measured_days")
        scratch.connection.execute("insert into preview.fired from preview.added")
        self._firing.forget()
        scratch.restore("int_rules")
        scratch.replace("int_days_to_score", "from preview.measured_days")
        self._score("select observation_id, rule_number, points from preview.added")
        scratch.keep("stored", f"select observation_id, score from {SCORES}")
        scratch.restore()

    def _differing(self, query: str) -> list[str]:
        """The scoring models of which a query on a database has other rows then than now."""
        now, then = query.format(f"{LIVE}."), query.format("")
        return self.scratch.texts(
            f"""select distinct score_model from (
                (from ({now}) except from ({then})) union all (from ({then}) except from ({now}))
            )"""
        )
