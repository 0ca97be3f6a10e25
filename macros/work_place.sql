{#
    Where in the order of work a lead stands among those of a relation, above 0 up to 1: by its score_rank, those without one
    last; a lead that is_held_out at a place drawn by a stable hash, as if nobody had ranked it.
#}
{% macro work_place(leads) -%}
    case
        when {{ leads }}.is_held_out then ({{ hash_bucket("'place ' || " ~ leads ~ '.lead_id') }} + 0.5) / 10000
        else
            row_number() over (
                partition by {{ leads }}.is_held_out order by {{ leads }}.score_rank asc nulls last, {{ leads }}.lead_id
            ) / cast(count(*) over (partition by {{ leads }}.is_held_out) as double)
    end
{%- endmacro %}
