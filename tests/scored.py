"""The tables that scripts of sales read, of as many leads as a test wants, without a build.

Lead number 7 is hs:7 in HubSpot and 00Q…7 or, of every third, 003…7 in Salesforce.
"""

from pathlib import Path

import duckdb

CLOCK = "2025-06-30"
FIELDS = """
    select * from (values
        ('score', 'score', 'min_change'), ('band', 'band', 'change'), ('why', 'top_reasons', null)
    ) as fields (field, mart_column, sent_for)
"""
# Of a lead's number, its id in each system.
IDS = {
    "hs:": "'hs:' || number",
    "sf:": "'sf:' || if(number % 3 = 0, '003', '00Q') || lpad(number::varchar, 15, '0')",
    "": "'lead-' || number",
}


def write_scored(folder: Path, leads: int, prefix: str = "") -> Path:
    """A working file, whose path is returned, and a published one of leads 1 to `leads`.

    Their scores are number % 100, their reasons say 'reason' and the number.
    """
    (folder / "published").mkdir(parents=True)
    file = folder / "leads.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"""create schema intermediate; create schema seeds; create schema marts;
            create schema state;
            create table intermediate.int_lead_versions as
            select {IDS[prefix]} as lead_id, null::varchar as merged_into_lead_id,
                false as is_deleted_then, true as is_current
            from range(1, {leads + 1}) as numbers (number);
            create table intermediate.int_lead_identities as
            select lead_id, lead_id as surviving_lead_id from intermediate.int_lead_versions;
            create table seeds.export_fields as
            select destination, field, 'lead_score' as mart, mart_column, sent_for from ({FIELDS})
            cross join (select unnest(['hubspot', 'salesforce', 'webhook', 'csv', 'jsonl'])
                as destination);
            create table marts.lead_score as
            select {IDS[prefix]} as lead_id, 'main' as score_model,
                (number % 100)::decimal(18, 4) as score,
                if(number % 100 >= 50, 'hot', 'cold') as band,
                if(number % 100 >= 50, 2, 1) as band_order, 'reason ' || number as top_reasons,
                true as is_callable, null::varchar as not_callable_reason,
                number::bigint as score_rank, 'https://crm.example.com/' || number as lead_url
            from range(1, {leads + 1}) as numbers (number);
            create table intermediate.int_experiment_leads (lead_id varchar, is_held_out boolean);
            create table intermediate.int_lead_profiles as
            select lead_id, null::varchar as owner_id, true as is_current, false as is_deleted,
                false as has_objected
            from intermediate.int_lead_versions;
            create table intermediate.int_reps (rep_id varchar, capacity integer);
            create table marts.lead_assignments (lead_id varchar, rep_id varchar);
            create table marts.lead_score_history (lead_id varchar, score_model varchar,
                valid_from date, band varchar, band_order integer);
            create table intermediate.int_kpi_events (lead_id varchar, kpi_event varchar,
                occurred_at timestamp);
            create table seeds.alerts as
            select * from (values ('entered_band', 'hot', 3), ('untouched', 'hot', null),
                ('over_capacity', null, null))
                as alerts (kind, band, days)"""
        )
    republish(file)
    return file


def republish(file: Path, change: str = "") -> None:
    """Run some SQL on the working file, and publish its marts."""
    published = file.parent / "published" / "leads.duckdb"
    published.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        if change:
            connection.execute(change)
        marts = connection.sql(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        connection.execute(
            f"""attach '{published}' as published;
            create schema published.marts;
            create table published.marts.run_info as select date '{CLOCK}' as clock_date"""
        )
        for (name,) in marts:
            connection.execute(f"create table published.marts.{name} as from marts.{name}")


def rows(file: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.sql(sql).fetchall()
