# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as metrics: what both parsers of the Prometheus client read, promtool accepts, and the alerts of the recipe look at."""

from __future__ import annotations

import re
import shutil
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._report import metrics
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.module_utils._report import audits
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

RULE_TESTS = Path(__file__).with_name("prometheus_alerts.yml")
RECIPE = Path(__file__).resolve().parents[5] / "docs" / "recipes" / "prometheus-alerts.yml"
PAIR = {"pair": "Example Games", "unity_organization_id": "12345678901234", "application": "Unity"}
needs_promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed: on Debian it is in the package prometheus")

# labels beside those of the pair, as text, and the values
Family = t.Dict[str, float]


def families(given: dict[str, t.Any]) -> dict[str, Family]:
    """The metrics of an audit, by their names without the prefix, as the parser of either format reads them."""
    text = metrics.render(audits.report(given))
    older, newer = ([*parse(text)] for parse in (text_string_to_metric_families, openmetrics.text_string_to_metric_families))
    assert [family.samples for family in older] == [family.samples for family in newer]
    assert {family.type for family in [*older, *newer]} == {"gauge"} and all(family.documentation for family in older)
    pairs = {tuple(sample.labels.get(label) for label in PAIR) for family in older for sample in family.samples}
    assert len(pairs) == 1 and all(sample.timestamp is None for family in older for sample in family.samples)
    found: dict[str, Family] = {}
    for family in older:
        samples = {" ".join(value for label, value in sample.labels.items() if label not in PAIR): sample.value for sample in family.samples}
        assert len(samples) == len(family.samples)
        found[family.name.removeprefix("scim_provisioning_")] = samples
    return found


def promtool(*arguments: str | Path, text: str = "") -> None:
    run = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr


def test_all_is_well() -> None:
    found = families(audits.works(duration=3.25))
    assert found["pair_info"] == {"65f0c0ffee65f0c0ffee0000 %s" % audits.APP_ID: 1}
    assert found["audit_timestamp_seconds"] == {"": 1795500000} and found["audit_duration_seconds"] == {"": 3.25}
    assert found["audit_outcome"] == {"in_sync": 1, "drift": 0, "error": 0}
    assert {key: value for key, value in found["check_state"].items() if key.startswith("role ")} == {
        "role green": 1,
        "role amber": 0,
        "role red": 0,
        "role unknown": 0,
    }
    assert sum(found["check_state"].values()) == 7 and found["differing_steps"] == {"": 0}
    assert (found["people"]["expected"], found["people"]["missing"], found["people"]["staged"]) == (412, 0, 2)
    assert found["last_success_timestamp_seconds"] == {"": 1795498804.123}
    # from 2026-10-10 05:40:04 to 2026-11-24 06:00:00
    assert found["key_age_seconds"] == {"": 45 * 86400 + 1196}
    assert found["syncs"]["failed"] == 0 and "failures" not in found and "failing_people" not in found


def test_drift() -> None:
    found = families(audits.drifts())
    assert found["audit_outcome"] == {"in_sync": 0, "drift": 1, "error": 0} and found["differing_steps"] == {"": 2}
    assert (found["check_state"]["people red"], found["check_state"]["people green"]) == (1, 0)
    assert [found["people"][kind] for kind in ("missing", "unexpected", "differing", "pending", "duplicates")] == [5, 2, 1, 2, 0]
    assert found["failures"] == {"invalid_value": 12, "already_exists": 2} and found["failing_people"] == {"invalid_value": 4, "already_exists": 0}
    assert "audit_duration_seconds" not in found


UNSEEN = [{"what": "users", "why": "The list has an end that was not shown."}]


@pytest.mark.parametrize(
    "given, family, samples",
    [
        ({"people": None}, "people", None),
        ({"health": None}, "syncs", None),
        ({"health": None}, "last_success_timestamp_seconds", None),
        ({"health": audits.health(last_success=None)}, "last_success_timestamp_seconds", None),
        ({"keys": None}, "key_age_seconds", None),
        ({"keys": []}, "key_age_seconds", None),
        ({"keys": [{"id": "1", "created_at": "soon"}]}, "key_age_seconds", None),
        ({"steps": []}, "differing_steps", None),
        ({"error": "It ended early."}, "differing_steps", None),
        # what was found is at least so many
        ({"health": audits.health(incomplete=True, succeeded=3, failed=0)}, "syncs", {"succeeded": 3}),
        ({"people": {**audits.people(missing=[audits.person()]), "unchecked": UNSEEN}}, "people", {"missing": 1, "unexpected": None, "pending": None}),
        ({"unchecked": [{"what": "pending", "why": "No events."}]}, "people", {"missing": 0, "pending": None}),
        ({"health": None, "events": [], "switched_off": ["events"]}, "people", {"missing": 0, "pending": None}),
        ({"people": {**audits.people(), "counts": None}}, "people", None),
    ],
)
def test_what_is_not_known_is_left_out(given: dict[str, t.Any], family: str, samples: dict[str, int | None] | None) -> None:
    found = families(audits.works(**given)).get(family)
    if samples is None:
        assert found is None
    else:
        assert found is not None and {name: found.get(name) for name in samples} == samples


def test_an_audit_of_nothing_has_no_number_and_nothing_green() -> None:
    found = families(audits.nothing())
    assert set(found) == {"pair_info", "audit_timestamp_seconds", "audit_outcome", "check_state"} and found["audit_outcome"]["error"] == 1
    assert {key for key, value in found["check_state"].items() if value} == {"%s unknown" % check["check"] for check in audits.report(audits.works())["checks"]}


def test_a_series_keeps_its_labels_when_something_was_not_seen() -> None:
    """Alerts would begin anew; so what was found is on the info alone."""
    subject = {"unity_organization_id": "12345678901234", "application": "Unity"}
    seen, unseen = metrics.render(audits.report(audits.works())), metrics.render(audits.report(audits.works(subject=subject, application=None, people=None)))
    known = {line.partition(" ")[0] for line in seen.splitlines() if "pair_info" not in line and "people{" not in line}
    assert {line.partition(" ")[0] for line in unseen.splitlines() if "pair_info" not in line and "people{" not in line} <= known


@pytest.mark.parametrize("name", [*audits.HOSTILE, 'quote" back\\slash\\n \\', "\ufffe\U0010ffff"])
def test_hostile_names_change_nothing(name: str) -> None:
    families(audits.hostile(name))
    text = metrics.render(audits.report(audits.hostile(name)))
    assert text.encode("utf-8") and {line.partition("{")[0].partition(" ")[0] for line in text.splitlines()} <= {
        "#",
        *("scim_provisioning_" + name for name, _says, _find in metrics.FAMILIES),
    }


@pytest.mark.parametrize("make", [audits.works, audits.drifts])
def test_nobody_is_named(make: t.Callable[..., dict[str, t.Any]]) -> None:
    text = metrics.render(audits.report(make()))
    assert "@" not in text and not [name for name in (*audits.FIRST_NAMES, *audits.LAST_NAMES) if name in text]


@needs_promtool
@pytest.mark.parametrize("given", [audits.works(duration=3.25), audits.drifts(), audits.nothing(), audits.hostile(audits.HOSTILE[9])])
def test_promtool_has_nothing_to_say(given: dict[str, t.Any]) -> None:
    promtool("check", "metrics", text=metrics.render(audits.report(given)))


@needs_promtool
def test_alerts() -> None:
    promtool("check", "rules", RECIPE)
    promtool("test", "rules", RULE_TESTS)


def test_alerts_are_tested_with_series_that_there_are() -> None:
    rendered = metrics.render(audits.report(audits.drifts(duration=3)))
    there = {(line.partition("{")[0], tuple(re.findall(r'(\w+)="', line))) for line in rendered.splitlines()}
    groups = yaml.safe_load(RULE_TESTS.read_text(encoding="utf-8"))["tests"]
    used = {(one["series"].partition("{")[0], tuple(re.findall(r'(\w+)="', one["series"]))) for group in groups for one in group["input_series"]}
    assert used and used <= there
    rules = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert {name for rule in rules for name in re.findall(r"scim_provisioning_\w+", rule["expr"])} <= {name for name, _labels in there}
    assert {rule["alert"] for rule in rules} == {case["alertname"] for group in groups for case in group["alert_rule_test"]}
