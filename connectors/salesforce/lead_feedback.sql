-- Grain: one row per lead and status of it that is a verdict of sales (settings.yml), since it first had it.
-- keeps what is gone: a status that another followed was a verdict all the same
-- wants lead.id: it is not known what sales says of leads
-- wants lead.status: it is not known what sales says of leads
-- wants lead.last_modified_date time: a verdict has no day where history mode lacks it
-- wants lead.owner_id: it is not known who said it
-- wants lead_versions.id: a verdict is of the lead's last change
-- wants lead_versions.status: a verdict is of the lead's last change
-- wants lead_versions._fivetran_start time: a verdict is of the lead's last change
with
statuses as (
    select id, status, _fivetran_start as given_at from lead_versions
    union all
    select id, status, last_modified_date from lead
),

verdicts as (
    select
        id, status, given_at,
        case
            when list_contains(string_split(lower(getvariable('accepted_statuses')), ', '), lower(status))
                then 'accepted'
            when list_contains(string_split(lower(getvariable('rejected_statuses')), ', '), lower(status))
                then 'rejected'
        end as verdict
    from statuses
)

select
    'sf:status ' || verdicts.id || ' ' || lower(verdicts.status) as feedback_id,
    'sf:' || verdicts.id as lead_id,
    min(verdicts.given_at) as given_at,
    verdicts.verdict,
    lower(verdicts.status) as reason,
    'sf:' || min(owners.owner_id) as rep_id
from verdicts
inner join (select id, min(owner_id) as owner_id from lead group by id) as owners
    on verdicts.id = owners.id
where verdicts.verdict is not null
group by verdicts.id, lower(verdicts.status), verdicts.verdict
order by feedback_id
