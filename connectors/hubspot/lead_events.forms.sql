-- Grain: one row per form that was sent.
-- wants contact_form_submission.contact_id: no form is known to be a contact's
-- wants contact_form_submission.conversion_id: a form that is sent twice at once counts once
-- wants contact_form_submission.form_id: which form it was is not known
-- wants contact_form_submission.timestamp time: forms have no day, so none can land
-- wants contact_form_submission.page_url: the page of a form is not known
-- wants contact_form_submission.title: the title of its page is not known
-- wants form.guid|id: forms have no name
-- wants form.name: forms have no name
select
    'hs:form ' || coalesce(
        nullif(conversion_id, ''), md5(concat_ws(' ', submissions.contact_id, form_id, timestamp, page_url))
    ) as event_id,
    'hs:' || contact_id as lead_id,
    'form_submit' as event_type,
    timestamp as occurred_at,
    page_url,
    nullif(json_merge_patch('{}', json_object('form', form.name, 'title', title)), '{}') as properties
from contact_form_submission as submissions
left join (select guid, min(name) as name from form group by guid) as form on submissions.form_id = form.guid
order by event_id
