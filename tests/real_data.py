"""Writes the two real data sets as files of the input contract, for tests.

`python -m tests.real_data olist FOLDER` or `bpi2012 FOLDER`. Their licences keep them out of the
project: they are read from the folder that `LEAD_DATA_DIR` names.
"""

import os
import sys
from pathlib import Path

import duckdb

from scripts.shared.paths import PROJECT

OLIST = {
    "leads": """
        select
            mql_id as lead_id,
            first_contact_date as created_at,
            origin as lead_source,
            landing_page_id
        from contacts
    """,
    "lead_events": """
        select
            mql_id as event_id,
            mql_id as lead_id,
            'landing_page_visit' as event_type,
            first_contact_date as occurred_at
        from contacts
    """,
    "opportunities": """
        select
            mql_id as opportunity_id,
            mql_id as lead_id,
            contacts.first_contact_date as created_at,
            'won' as stage,
            deals.won_date::date as closed_at,
            true as is_won,
            sum(items.price::decimal(18, 2)) as amount
        from deals
        inner join contacts using (mql_id)
        left join items using (seller_id)
        group by all
    """,
    "payments": """
        select
            items.order_id || '-' || items.order_item_id as payment_id,
            deals.mql_id as lead_id,
            items.shipping_limit_date as paid_at,
            items.price::decimal(18, 2) as amount
        from items
        inner join deals using (seller_id)
    """,
}

BPI2012 = {
    "leads": """
        select
            case_id as lead_id,
            reg_date as created_at,
            amount_req as budget
        from cases
    """,
    "lead_events": """
        select
            case_id || '-' || event_no as event_id,
            case_id as lead_id,
            activity as event_type,
            occurred_at,
            case when resource is not null then json_object('resource', resource) end as properties
        from events
        where lifecycle = 'COMPLETE'
    """,
    "opportunities": """
        with milestones as (
            select
                case_id,
                coalesce(
                    min(occurred_at) filter (activity = 'O_CREATED'),
                    min(occurred_at) filter (activity = 'O_SENT')
                ) as offered_at,
                min(occurred_at) filter (activity = 'A_APPROVED') as won_at,
                min(occurred_at) filter (activity in ('A_DECLINED', 'A_CANCELLED')) as lost_at
            from events
            where lifecycle = 'COMPLETE'
            group by case_id
        )

        select
            case_id as opportunity_id,
            case_id as lead_id,
            milestones.offered_at as created_at,
            case
                when milestones.won_at is not null then 'won'
                when milestones.lost_at is not null then 'lost'
                else 'offer'
            end as stage,
            coalesce(milestones.won_at, milestones.lost_at) as closed_at,
            case
                when milestones.won_at is not null then true
                when milestones.lost_at is not null then false
            end as is_won,
            cases.amount_req as amount
        from milestones
        inner join cases using (case_id)
        where milestones.offered_at is not null
    """,
}


def data_folder() -> Path:
    """Where the real data lie: `LEAD_DATA_DIR`, else beside the project."""
    return PROJECT / os.environ.get("LEAD_DATA_DIR", "../shared/data")


def write_olist(target: Path) -> None:
    """Writes the marketplace's leads, won deals and their sales as CSV files."""
    source = data_folder() / "olist"
    tables = {
        "contacts": source / "olist_marketing_qualified_leads_dataset.csv",
        "deals": source / "olist_closed_deals_dataset.csv",
        "items": source / "order_items_of_won_sellers.parquet",
    }
    _write(tables, OLIST, target, "csv")


def write_bpi2012(target: Path) -> None:
    """Writes the bank's loan applications as Parquet files."""
    source = data_folder() / "bpi2012"
    tables = {"cases": source / "cases.parquet", "events": source / "events.parquet"}
    _write(tables, BPI2012, target, "parquet")


def _write(tables: dict[str, Path], queries: dict[str, str], target: Path, suffix: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, path in tables.items():
            reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
            connection.execute(f"create table {name} as from {reader}(?)", [str(path)])
        for entity, query in queries.items():
            connection.execute(f"copy ({query}) to ?", [str(target / f"{entity}.{suffix}")])


if __name__ == "__main__":
    {"olist": write_olist, "bpi2012": write_bpi2012}[sys.argv[1]](Path(sys.argv[2]))
