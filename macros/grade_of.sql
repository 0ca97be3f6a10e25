{#
    The grade of a kind (fit, engagement) with the highest bound that the kind's score reaches; an empty
    bound is the lowest grade's.
#}
{% macro grade_of(kind) -%}
    max_by(
        grade_bounds.grade,
        case
            when
                grade_bounds.kind = '{{ kind }}'
                and (
                    grade_bounds.lower_bound is null
                    or banded.{{ kind }}_points >= grade_bounds.lower_bound
                )
                then coalesce(grade_bounds.lower_bound, cast(-1000000000 as decimal(18, 4)))
        end
    )
{%- endmacro %}
