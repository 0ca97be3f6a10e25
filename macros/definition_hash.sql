{#
    MD5 of all that says what a model is made of: its SQL, that of everything upstream, the seeds there but
    for the point tables (each score carries a hash of those), the vars that they name but for the clock's,
    and the macros.
#}
{% macro definition_hash(model_name) -%}
    {%- set upstream = ['model.' ~ project_name ~ '.' ~ model_name] -%}
    {%- for node_id in upstream if node_id in graph.nodes -%}
        {%- for parent in graph.nodes[node_id].depends_on.nodes if parent not in upstream -%}
            {%- do upstream.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set parts = [macros_hash()] -%}
    {%- for node_id in upstream | sort if node_id in graph.nodes -%}
        {%- set node = graph.nodes[node_id] -%}
        {%- if not (node.resource_type == 'seed' and node.original_file_path.split('/')[-2] == 'points') -%}
            {%- do parts.append(node_id ~ node.checksum.checksum) -%}
            {%- for name in modules.re.findall('var\\(.(\\w+)', node.raw_code or '') if name != 'as_of' -%}
                {%- do parts.append(name ~ var(name)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('|'))) }}
{%- endmacro %}
