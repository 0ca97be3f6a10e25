{#
    MD5 of all that says what a model is made of: its SQL and that of everything upstream without comments and blanks, the
    macros that it calls, the seeds there but for the point tables (each score carries a hash of those), and the vars that
    the SQL names but for the clock's, and the time zone. Empty on Spark, where nothing is kept.
#}
{% macro definition_hash(model_name) -%}
    {%- if target.type != 'duckdb' -%}
        {{ return('') }}
    {%- endif -%}
    {%- set upstream = ['model.' ~ project_name ~ '.' ~ model_name] -%}
    {%- for node_id in upstream if node_id in graph.nodes -%}
        {%- for parent in graph.nodes[node_id].depends_on.nodes if parent not in upstream -%}
            {%- do upstream.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set parts, macros = [var('time_zone')], [] -%}
    {%- for node_id in upstream | sort if node_id in graph.nodes -%}
        {%- set node = graph.nodes[node_id] -%}
        {%- if node.resource_type == 'model' -%}
            {%- set code = modules.re.sub('(?s)[{]#.*?#[}]|--[^\n]*', '', node.raw_code) -%}
            {%- do parts.append(node_id ~ modules.re.sub('\\s+', ' ', code)) -%}
            {%- do macros.extend(node.depends_on.macros) -%}
            {%- for name in modules.re.findall('var\\(.(\\w+)', code) if name != 'as_of' -%}
                {%- do parts.append(name ~ var(name)) -%}
            {%- endfor -%}
        {%- elif node.original_file_path.split('/')[-2] != 'points' -%}
            {%- do parts.append(node_id ~ node.checksum.checksum) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set asked = macros | unique | sort | join(' ') -%}
    {{ return(local_md5(parts | join('|') ~ run_query("select macros_hash('" ~ asked ~ "')")[0][0])) }}
{%- endmacro %}
