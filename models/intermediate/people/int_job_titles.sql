{#
    Grain: one row per distinct text of a job title or department. Of the keywords that a title contains
    the highest priority counts, then the longest, for each of seniority, title_role and department_group.
#}
with
keywords as (
    select attribute, value, priority, text_words(keyword) as keyword_words
    from {{ ref('title_keywords') }}
),

titles as (
    select job_title, text_words(job_title) as title_words
    from (
        select job_title from {{ ref('stg_raw__leads') }}
        union
        select department as job_title from {{ ref('stg_raw__leads') }}
    ) as distinct_titles
    where job_title is not null
),

ranked as (
    select
        titles.job_title, keywords.attribute, keywords.value,
        row_number() over (
            partition by titles.job_title, keywords.attribute
            order by keywords.priority asc, length(keywords.keyword_words) desc, keywords.value asc
        ) as keyword_rank
    from titles
    inner join keywords
        on contains(titles.title_words, keywords.keyword_words)
)

select
    job_title,
    max(case when attribute = 'seniority' then value end) as seniority,
    max(case when attribute = 'title_role' then value end) as title_role,
    max(case when attribute = 'department_group' then value end) as department_group
from ranked
where keyword_rank = 1
group by job_title
