"""What runs on GitHub: GitHub's own actions alone, each pinned to a commit, with few rights."""

import re

import yaml

from scripts.shared.paths import PROJECT

WORKFLOW = PROJECT / ".github/workflows/ci.yml"


def test_actions_are_githubs_own_and_pinned() -> None:
    used = re.findall(r"uses: *(\S+)", WORKFLOW.read_text("utf-8"))
    assert used
    assert [name for name in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", name)] == []


def test_only_the_comment_may_write() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    rights = {name: job.get("permissions") for name, job in workflow["jobs"].items()}
    assert rights.pop("whatif") == {
        **{"contents": "read", "actions": "read"},
        "pull-requests": "write",
    }
    assert not any(rights.values())


def test_no_text_of_others_is_pasted_into_a_shell() -> None:
    """A branch may be named `$(rm -rf .)`: what GitHub fills in reaches scripts as variables."""
    for job in yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_what_would_change_is_told_even_where_the_build_fails() -> None:
    """As when points break a persona: then the analyst needs it most."""
    steps = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["whatif"]["steps"]
    told = next(step for step in steps if step.get("name") == "tell it")
    assert told["if"].startswith("always()")


def test_the_last_build_is_one_of_a_push() -> None:
    """A pull request from a branch called main of a fork leaves runs of that name too."""
    looked_up = re.findall(r"gh run list[^\n]*", WORKFLOW.read_text("utf-8"))
    assert looked_up
    assert all(" --event push " in command for command in looked_up)
