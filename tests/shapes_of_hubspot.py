"""SQL that gives Fivetran's tables of HubSpot the shapes in which Airbyte and dlt land the same.

A table that is not here is one that the tool lacks. Merges that Fivetran tells in tables of their
own stand in a property of the survivor, as HubSpot's own API has them.
"""

_MERGED_CONTACTS = """(
    select
        nullif(concat_ws(';', c.property_hs_merged_object_ids, string_agg(a.vid_to_merge, ';')), '')
    from contact_merge_audit as a where a.canonical_vid = c.id
)"""
_MERGED_DEALS = """(
    select string_agg(m.merged_deal_id, ';') from merged_deal as m where m.deal_id = d.deal_id
)"""
_CONTACT = f"""
    c.property_email as {{0}}email, c.property_company as {{0}}company,
    c.property_firstname as {{0}}firstname, c.property_lastname as {{0}}lastname,
    c.property_jobtitle as {{0}}jobtitle, c.property_annualrevenue::varchar as {{0}}annualrevenue,
    {_MERGED_CONTACTS} as {{0}}hs_merged_object_ids,
    strftime(c.property_createdate, '%Y-%m-%dT%H:%M:%S.%gZ') as {{0}}createdate,
    strftime(c.property_lastmodifieddate, '%Y-%m-%dT%H:%M:%S.%gZ') as {{0}}lastmodifieddate,
    c.property_hs_email_optout::varchar as {{0}}hs_email_optout,
    strftime(c.mql_at, '%Y-%m-%dT%H:%M:%SZ') as {{0}}hs_v2_date_entered_marketingqualifiedlead,
    strftime(c.sql_at, '%Y-%m-%dT%H:%M:%SZ') as {{0}}hs_v2_date_entered_salesqualifiedlead
"""
_COMPANY = """
    property_domain as {0}domain, property_name as {0}name, property_industry as {0}industry,
    property_annualrevenue::varchar as {0}annualrevenue, property_country as {0}country
"""
_DEAL = f"""
    d.property_amount as {{0}}amount, d.property_closedate as {{0}}closedate,
    strftime(d.property_createdate, '%Y-%m-%dT%H:%M:%SZ') as {{0}}createdate,
    d.deal_pipeline_stage_id as {{0}}dealstage, d.deal_pipeline_id as {{0}}pipeline,
    d.owner_id::varchar as {{0}}hubspot_owner_id, {_MERGED_DEALS} as {{0}}hs_merged_object_ids
"""


def _of_airbyte(record_id: str, archived: str, created: str = "now()") -> str:
    """What every record of HubSpot's API has, beside its properties."""
    return f"""{record_id}::varchar as id, {archived} as archived, {created} as "createdAt",
        null::timestamptz as "updatedAt", {{'any': 1}} as properties"""


_AIRBYTE_CONTACT = f"""
    select {_of_airbyte("c.id", "c._fivetran_deleted")},
        if(c._fivetran_deleted, c._fivetran_synced, null) as "archivedAt",
        ['7'] as companies, {_CONTACT.format("properties_")}
    from contact as c
"""
_AIRBYTE_DEAL = f"""
    select {_of_airbyte("d.deal_id", "d.is_deleted")}, {_DEAL.format("properties_")},
        (
            select list(distinct p.contact_id::varchar) from deal_contact as p
            where p.deal_id = d.deal_id or p.deal_id in (
                -- What a deal had that is gone is HubSpot's of the other.
                select m.merged_deal_id from merged_deal as m
                where m.deal_id = d.deal_id and m.merged_deal_id not in (select deal_id from deal)
            )
        ) as contacts,
        (
            select list(p.company_id::varchar) from deal_company as p where p.deal_id = d.deal_id
        ) as companies
    from deal as d
"""
_ENGAGED = """(
    select list(p.contact_id::varchar) from engagement_contact as p
    where p.engagement_id = e.engagement_id
) as contacts"""

AIRBYTE = {
    # What was deleted is left here as it was.
    "contacts": f"select * replace (false as archived) from ({_AIRBYTE_CONTACT})",
    "contacts_archived": f"{_AIRBYTE_CONTACT} where c._fivetran_deleted",
    "contacts_property_history": """
        select contact_id as vid, name as property, value, epoch_ms(timestamp) as timestamp,
            source as "source-type"
        from contact_property_history
    """,
    "companies": f"""
        select {_of_airbyte("id", "is_deleted")}, {_COMPANY.format("properties_")}
        from company
    """,
    "deals": f"{_AIRBYTE_DEAL} where not d.is_deleted",
    "deals_archived": f"{_AIRBYTE_DEAL} where d.is_deleted",
    "deal_pipelines": """
        select pipeline_id as "pipelineId", label, (
            select list({
                'stageId': s.stage_id, 'label': s.label,
                'metadata': {
                    'isClosed': s.is_closed::varchar, 'probability': s.probability::varchar
                }
            })
            from deal_pipeline_stage as s
            where s.pipeline_id = p.pipeline_id
        ) as stages
        from (
            select pipeline_id, label from deal_pipeline
            union select pipeline_id, null from deal_pipeline_stage
        ) as p
    """,
    "deals_property_history": """
        select deal_id as "dealId", 'dealstage' as property, value,
            epoch_ms(date_entered) as timestamp
        from deal_stage
        union all
        select deal_id, 'amount', property_amount, 0 from deal
    """,
    "email_events": """
        select
            e.id, e.type, e.recipient, epoch_ms(e.created) as created,
            e.email_campaign_id as "emailCampaignId", e.filtered_event as "filteredEvent",
            c.url, o.duration, b.category,
            s.portal_subscription_status as "portalSubscriptionStatus", s.source
        from email_event as e
        left join email_event_click as c on e.id = c.id
        left join email_event_open as o on e.id = o.id
        left join email_event_bounce as b on e.id = b.id
        left join email_event_status_change as s on e.id = s.id
    """,
    "campaigns": "select id, name, subject from email_campaign",
    "form_submissions": """
        select
            epoch_ms(timestamp) as "submittedAt", form_id as "formId", page_url as "pageUrl",
            [
                {'name': 'firstname', 'value': 'x'},
                {'name': 'email', 'value': upper(contact.property_email)}
            ] as "values"
        from contact_form_submission
        inner join contact on contact_form_submission.contact_id::bigint = contact.id
    """,
    "forms": "select guid as id, name from form",
    "contact_lists": 'select id as "listId", name from contact_list',
    "contacts_list_memberships": """
        select contact_id as "canonical-vid", contact_id as vid,
            contact_list_id as "static-list-id", epoch_ms(added_at) as timestamp,
            true as "is-member"
        from contact_list_member
    """,
    "engagements_meetings": f"""
        select {_of_airbyte("engagement_id", "false", "null::timestamptz")},
            start_time as properties_hs_meeting_start_time, {_ENGAGED},
            end_time as properties_hs_meeting_end_time,
            meeting_outcome as properties_hs_meeting_outcome
        from engagement_meeting as e
    """,
    "engagements_calls": f"""
        select {_of_airbyte("engagement_id", "_fivetran_deleted", "null::timestamptz")},
            property_hs_timestamp as properties_hs_timestamp, {_ENGAGED}
        from engagement_call as e
    """,
    "owners": """
        select owner_id::varchar as id, email, first_name as "firstName",
            last_name as "lastName", false as archived
        from owner
    """,
}

DLT = {
    "contacts": f"""
        select c.id, c.id as hs_object_id, c._fivetran_deleted as is_deleted, 'x' as _dlt_id,
            {_CONTACT.format("")}
        from contact as c
    """,
    # Each run adds the whole history again.
    "contacts_property_history": """
        select contact_id::varchar as object_id, name as property_name, value,
            timestamp::timestamptz as timestamp, run as _dlt_load_id
        from contact_property_history cross join (values ('one'), ('two')) as runs (run)
    """,
    "companies": f"select id, is_deleted, {_COMPANY.format('')} from company",
    "deals": f"select d.deal_id as id, d.is_deleted, {_DEAL.format('')} from deal as d",
    "contacts__deals": """
        select distinct contact_id::varchar as value, deal_id::varchar as deals_id, 'x' as _dlt_id
        from deal_contact
    """,
    "companies__deals": """
        select company_id::varchar as value, deal_id::varchar as deals_id from deal_company
    """,
    "pipelines_deals": "select pipeline_id as id, label from deal_pipeline",
    "pipelines_deals__stages": """
        select stage_id as id, label, is_closed::varchar as metadata__is_closed,
            probability::varchar as metadata__probability
        from deal_pipeline_stage
    """,
    "stages_timing_deals": """
        select deal_id::varchar as id, value as stage, date_entered as hs_date_entered_x
        from deal_stage
    """,
    "owners": """
        select owner_id::varchar as id, email, first_name, last_name, false as archived from owner
    """,
}
