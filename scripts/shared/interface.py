"""The tables below the marts that scripts read: the interface beside the marts, and why it is one.

Who renames or reshapes one of these mends what reads it; all else between `raw` and the marts may
change. The tables of `raw` are the input contract (`landing/contract.py`) and what `land` notes of
its landings. What else a folder of scripts makes in `state` is its own.
"""

# Of the last build, also of one that ended before its marts.
CLOCK = "intermediate.int_clock"
DATA_END = "intermediate.int_data_end"
LAST_BUILD = "state.build"  # whether it passed, and what it made

# Which model counts when: marts tell of a lead's model, and there need not be a lead.
LIVE_MODELS = "intermediate.int_live_models"

# Who is one person, and what was known of it on a day: personal data, which no mart shows.
LEAD_VERSIONS = "intermediate.int_lead_versions"  # as landed, under the ids that systems gave
LEAD_IDENTITIES = "intermediate.int_lead_identities"
LEAD_PROFILES = "intermediate.int_lead_profiles"

# What occurred at all, whether or not a rule gives points for it.
ALL_EVENT_DAYS = "intermediate.int_all_event_days"
SEQUENCE_EVENT_DAYS = "intermediate.int_sequence_event_days"
KPI_EVENTS = "intermediate.int_kpi_events"

# For how long data of a country's leads are to be kept.
RETENTION = "seeds.retention"

# Which source, as landed, counts for which channel, and the words that are mapped: a lead's channel
# alone does not tell whether it was.
WORDS = "intermediate.int_words"
CHANNEL_WORDS = "seeds.channels"

# How a lead's points become its score, and what is scored on other days or by other seeds.
LANDED_EVENTS = "staging.stg_raw__lead_events"
LEAD_ACCOUNTS = "intermediate.int_lead_accounts"
ACCOUNT_VERSIONS = "intermediate.int_account_versions"
EXCHANGE_RATES = "intermediate.int_exchange_rates"
OPPORTUNITIES = "intermediate.int_current_opportunities"
OPPORTUNITY_LEADS = "intermediate.int_opportunity_leads"
SCORE_GROUPS = "intermediate.int_score_groups"
ATTAINABLE_SCORES = "intermediate.int_attainable_scores"
LEAD_ATTRIBUTES = "intermediate.int_lead_attributes"
PERSON_EVENT_DAYS = "intermediate.int_person_event_days"
PAUSES = "intermediate.int_pauses"
EVENT_CLASSES = "intermediate.int_event_classes"
CURRENT_SCORES = "intermediate.int_current_scores"
HISTORY_DUE = "intermediate.int_history_due"
HISTORY_AGES = "intermediate.int_history_ages"
SCORE_SPANS = "intermediate.int_score_spans"
EVENT_FACTORS = "intermediate.int_factors__events"
LIFECYCLES = "intermediate.int_lifecycles"

# Rules and bounds as they were built, by region; marts have those that some lead met.
POINTS = "staging.stg_points__rules"
RULES = "intermediate.int_rules"
MODEL_ATTRIBUTES = "intermediate.int_model_attributes"
EVENT_KEYS = "seeds.event_keys"
EVENT_MEASURES = "seeds.event_measures"
SEGMENTS = "seeds.segments"
REGION_BANDS = "intermediate.int_region_bands"

# What goes back to where leads are worked, and of what people are told; whose score nobody is to
# see, and how many leads a rep takes.
EXPORT_FIELDS = "seeds.export_fields"
ALERTS = "seeds.alerts"
EXPERIMENT_LEADS = "intermediate.int_experiment_leads"
REPS = "intermediate.int_reps"

# Personas: they are scored as leads are, and are in no mart, being none.
GOLDEN_LEADS = "staging.stg_points__golden_leads"
GOLDEN_ATTRIBUTES = "intermediate.int_golden_attributes"
DAYS_TO_SCORE = "intermediate.int_days_to_score"
FACTORS = "intermediate.int_factors"
SCORES = "intermediate.int_scores"

# Each lead's past scores and features beside what became of it; marts have what they amount to.
EVALUATION_DATES = "intermediate.int_evaluation_dates"
EVALUATION_LEADS = "intermediate.int_evaluation_leads"
SCORED_DAYS = "intermediate.int_scored_days"
EVALUATED_FACTORS = "intermediate.int_evaluated_factors"
PREDICTION_DATES = "intermediate.int_prediction_dates"
PREDICTION_FEATURES = "intermediate.int_prediction_features"

# Written by one script and read by others or by models.
PREDICTORS = "state.predictors"
PREDICTOR_TERMS = "state.predictor_terms"
SCORE_PUBLISHED = "state.score_published"
ERASURE = "state.erasure"  # there is one at work, or one that ended early
