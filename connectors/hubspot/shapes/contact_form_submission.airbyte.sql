-- Airbyte's submissions do not name the contact: it is the one of the address in the form, which had it then, else has
-- it now, else ever had it; an address that is nobody's stands for itself.
-- wants form_submissions.values json
-- wants form_submissions.submitted_at timestamp
-- wants form_submissions.form_id: the form of a submission is not known
-- wants form_submissions.page_url: the page of a submission is not known
-- wants form_submissions.conversion_id: a submission has no id
-- wants contact_address.address: no submission is known to be a contact's
-- wants contact_address.contact_id: no submission is known to be a contact's
-- wants contact_address.held_from timestamp: an address that changed hands is of who has it now
-- wants contact_address.held_until timestamp: an address that changed hands is of who has it now
-- wants contact_address.is_held boolean: an address that changed hands is of the lowest id
-- wants contact_address.is_there boolean: an address of several contacts is of the lowest id
with
given as (
    select
        *,
        coalesce(nullif(conversion_id, ''), md5(concat_ws(' ', form_id, submitted_at, "values"))) as given_id,
        lower(trim(list_filter(
            from_json("values", '[{"name": "varchar", "value": "varchar"}]'), lambda field: field.name = 'email'
        )[1].value)) as address
    from form_submissions
)

select
    given.given_id as conversion_id,
    coalesce(contact_address.contact_id, given.address) as contact_id,
    given.form_id,
    given.submitted_at as timestamp,
    given.page_url
from given
left join contact_address on given.address = contact_address.address
qualify row_number() over (
    partition by given.given_id
    order by
        coalesce(given.submitted_at >= held_from and given.submitted_at < held_until, false) desc,
        is_held desc, is_there desc, contact_address.contact_id
) = 1
