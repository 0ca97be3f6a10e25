-- Airbyte lists the stages of a pipeline in it.
-- wants deal_pipelines.stages json
with
stages as (
    select unnest(from_json(
        stages,
        '[{
            "stageId": "varchar", "id": "varchar", "label": "varchar",
            "metadata": {"isClosed": "varchar", "probability": "varchar"}
        }]'
    )) as stage
    from deal_pipelines
)

select
    coalesce(stage."stageId", stage.id) as stage_id,
    stage.label,
    try_cast(stage.metadata."isClosed" as boolean) as is_closed,
    try_cast(stage.metadata.probability as double) as probability,
    null::boolean as closed_won
from stages
