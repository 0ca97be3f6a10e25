"""Who gets which lead: what SQL calls to give leads out one by one.

Nothing of this project but types is imported here, since Spark's workers have no copy of it.
"""

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

from scripts.sales.hours import next_contact_hours
from scripts.shared.statistics import SqlFunction

Rows = Sequence[Mapping[str, Any]] | None  # as SQL has it where there are none


def assign_leads(leads: Rows, routes: Rows, pools: Rows, reps: Rows) -> list[dict[str, Any]]:
    """A rep for each lead, as far as capacities go; leads come in the order of work.

    `reps` are those who are there: rep_id, capacity (None: any number), weight. `leads`: lead_id,
    routing_profile, owner_id, account_owner_id and kept_rep_id, who had it. `routes`, by profile in
    the order of rules: rule_id, assign_to and, for reps, pool_id. `pools`: pool_id, rep_ids.

    As far as there is room, leads first stay with the rep kept, unless their owner is another and a
    rule asks for that; then leads go to such owners, else stay too; then all others go by the first
    rule by which somebody has room: in a pool to the rep with the fewest leads for the weight, a
    half added (Webster's way to share out seats), of equals the first by id. Gives lead_id, rep_id,
    rule_id (None where kept) and candidates: how many the rule had, or all rules where rep_id is
    None.
    """
    room = {rep["rep_id"]: rep["capacity"] for rep in reps or ()}
    weights = {rep["rep_id"]: float(rep["weight"]) for rep in reps or ()}
    loads = dict.fromkeys(room, 0)
    routes_of: dict[int, list[Mapping[str, Any]]] = {}
    for route in routes or ():
        routes_of.setdefault(route["routing_profile"], []).append(route)
    members = {pool["pool_id"]: list(pool["rep_ids"]) for pool in pools or ()}

    def has_room(rep: str) -> bool:
        return room[rep] is None or loads[rep] < room[rep]

    def turn(rep: str) -> tuple[float, str]:
        return (2 * loads[rep] + 1) / weights[rep], rep

    # Loads only grow, so an entry that is out of date stands too far ahead, never too far behind.
    queues = {pool: sorted(map(turn, ids)) for pool, ids in members.items()}

    def first_of(queue: list[tuple[float, str]]) -> str | None:
        while queue:
            rep = queue[0][1]
            if not has_room(rep):
                heapq.heappop(queue)
            elif turn(rep) != queue[0]:
                heapq.heapreplace(queue, turn(rep))
            else:
                return rep
        return None

    found: dict[str, dict[str, Any]] = {}

    def give(lead: Mapping[str, Any], rep: str, rule: str | None, candidates: int) -> None:
        loads[rep] += 1
        found[lead["lead_id"]] = {
            "lead_id": lead["lead_id"], "rep_id": rep, "rule_id": rule, "candidates": candidates
        }  # fmt: skip

    owned_by = {
        lead["lead_id"]: route["rule_id"]
        for lead in leads or ()
        for route in routes_of.get(lead["routing_profile"], ())
        if route["assign_to"] == "lead_owner" and lead["owner_id"] in room
    }
    for lead in leads or ():
        kept = lead["kept_rep_id"]
        is_another = lead["lead_id"] in owned_by and lead["owner_id"] != kept
        if kept in room and has_room(kept) and not is_another:
            give(lead, kept, None, 1)
    for lead in leads or ():
        if lead["lead_id"] in found:
            continue
        if lead["lead_id"] in owned_by and has_room(lead["owner_id"]):
            give(lead, lead["owner_id"], owned_by[lead["lead_id"]], 1)
        elif lead["kept_rep_id"] in room and has_room(lead["kept_rep_id"]):
            give(lead, lead["kept_rep_id"], None, 1)
    for lead in leads or ():
        if lead["lead_id"] in found:
            continue
        fitting = 0
        for route in routes_of.get(lead["routing_profile"], ()):
            if route["assign_to"] == "reps":
                candidates = len(members[route["pool_id"]])
                rep = first_of(queues[route["pool_id"]])
            else:
                column = "owner_id" if route["assign_to"] == "lead_owner" else "account_owner_id"
                candidates = int(lead[column] in room)
                rep = lead[column] if candidates and has_room(lead[column]) else None
            if rep is not None:
                give(lead, rep, route["rule_id"], candidates)
                break
            fitting += candidates
        else:
            found[lead["lead_id"]] = {
                "lead_id": lead["lead_id"], "rep_id": None, "rule_id": None, "candidates": fitting
            }  # fmt: skip
    return [found[lead["lead_id"]] for lead in leads or ()]


SALES_FUNCTIONS = (
    SqlFunction(
        assign_leads,
        (
            "struct(work_rank bigint, lead_id varchar, routing_profile bigint, owner_id varchar,"
            " account_owner_id varchar, kept_rep_id varchar)[]",
            "struct(routing_profile bigint, rule_order integer, rule_id varchar,"
            " assign_to varchar, pool_id bigint)[]",
            "struct(pool_id bigint, rep_ids varchar[])[]",
            "struct(rep_id varchar, capacity bigint, weight double)[]",
        ),
        {"lead_id": "string", "rep_id": "string", "rule_id": "string", "candidates": "bigint"},
        is_list=True,
        takes_null=True,
    ),
    SqlFunction(
        next_contact_hours,
        ("varchar", "varchar", "varchar", "varchar", "varchar", "date", "varchar"),
        {
            "lead_time_zone": "string",
            "queue_date": "date",
            "contact_from_at": "timestamp",
            "contact_until_at": "timestamp",
        },
        takes_null=True,
    ),
)
