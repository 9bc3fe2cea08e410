# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source as ansible-rulebook runs it: over HTTP, asynchronously, with whatever may go wrong."""

from __future__ import annotations

import asyncio
import errno
import itertools
import json
import logging
import os
import socket
import stat
import subprocess
import sys
import time as real_time
import typing as t
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from ansible_collections.unity_jumpcloud.scim.extensions.eda.plugins.event_source import jumpcloud_provisioning as source
from ansible_collections.unity_jumpcloud.scim.plugins.module_utils._jumpcloud.events import WATCHED_TYPES
from ansible_collections.unity_jumpcloud.scim.tests.unit.extensions.eda.insights_fake import FAULTS, Insights, hangs, status
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.conftest import clean_environment
from ansible_collections.unity_jumpcloud.scim.tests.unit.plugins.vendor_answers import APP_ID, event

__all__ = ["clean_environment"]

KEY = "jca_SENTINEL-of-the-watch"
FILE = Path(source.__file__)
NUMBERS = itertools.count(1)
PATIENCE = 20.0


@pytest.fixture
def insights() -> t.Iterator[Insights]:
    running = Insights()
    yield running
    running.close()


def one(seconds_ago: float = 0.0, event_type: str = "integration_deactivate", **fields: t.Any) -> dict[str, t.Any]:
    """An event of Directory Insights that has just happened."""
    at = datetime.now(timezone.utc) - timedelta(seconds=seconds_ago)
    return event(event_type, id="e%d" % next(NUMBERS), timestamp=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), **fields)


def options(insights: Insights, **given: t.Any) -> dict[str, t.Any]:
    urls = dict.fromkeys(("console_url", "oauth_url", "insights_url"), insights.url)
    return {"api_key": KEY, "application": "Unity", "interval": 0.05, "read_timeout": 0.3, "time_budget": 0.5, **urls, **given}


class Watcher:
    """A running event source."""

    def __init__(self, args: dict[str, t.Any], size: int = 0) -> None:
        self.queue: asyncio.Queue[dict[str, t.Any]] = asyncio.Queue(size)
        self.told: list[dict[str, t.Any]] = []
        self.task = asyncio.create_task(source.main(self.queue, args))

    async def until(self, is_so: t.Callable[[], bool]) -> None:
        end = real_time.monotonic() + PATIENCE
        while not is_so():
            assert real_time.monotonic() < end, self.told
            if self.task.done():
                await self.task
                raise AssertionError("the source has ended")
            await asyncio.sleep(0.01)
            self._take()

    async def looks(self, insights: Insights, number: int = 2) -> None:
        """Until it has looked so often again."""
        wanted = len(insights.queries) + number
        await self.until(lambda: len(insights.queries) >= wanted)

    async def cancel(self) -> float:
        """How many seconds it takes to end."""
        begun = real_time.monotonic()
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task
        self._take()
        return real_time.monotonic() - begun

    def _take(self) -> None:
        while not self.queue.empty():
            self.told.append(self.queue.get_nowait())

    def kinds(self) -> list[str]:
        return [told["kind"] for told in self.told]

    def ids(self) -> list[str]:
        return [told["id"] for told in self.told if "id" in told]


@asynccontextmanager
async def watching(args: dict[str, t.Any]) -> t.AsyncIterator[Watcher]:
    watcher = Watcher(args)
    try:
        yield watcher
    finally:
        if not watcher.task.done():
            await watcher.cancel()


def failure(args: dict[str, t.Any]) -> str:
    """The one line with which the source ends by itself."""

    async def run() -> str:
        with pytest.raises(source.WatchFailed) as caught:
            await asyncio.wait_for(source.main(asyncio.Queue(), args), PATIENCE)
        return str(caught.value)

    line = asyncio.run(run())
    assert "\n" not in line and KEY not in line
    return line


# ---- what is told, and how often


def test_what_was_there_at_the_beginning_is_not_told_and_everything_later_once(insights: Insights) -> None:
    async def run() -> None:
        insights.visible = [one(30)]
        async with watching(options(insights)) as watcher:
            await watcher.looks(insights)
            late, first, second = one(60), one(2), one(1)
            insights.visible = [second, first, first, *insights.visible]
            await watcher.looks(insights)
            insights.visible = [first, late, second, late, *insights.visible]
            await watcher.looks(insights, 4)
        assert watcher.ids() == [first["id"], second["id"], late["id"]]
        assert watcher.kinds() == ["deactivated", "deactivated", "changed_by_others", "deactivated", "changed_by_others"]
        assert {told["application"]["id"] for told in watcher.told} == {APP_ID}

    asyncio.run(run())
    assert insights.queries[0]["search_term"] == {"and": {"event_type": list(WATCHED_TYPES)}}


def looked(insights: Insights, args: dict[str, t.Any], *more: dict[str, t.Any]) -> Watcher:
    """A watch that was started, has looked three times, and was stopped; ``more`` happened before."""

    async def run() -> Watcher:
        insights.visible += more
        async with watching(args) as watcher:
            await watcher.looks(insights, 3)
        return watcher

    return asyncio.run(run())


def test_a_restart_goes_on_where_the_last_run_has_ended(insights: Insights, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    args = options(insights, state_file=str(state))
    assert looked(insights, args, one(30)).ids() == []
    before, after = one(40), one(1, "user_create_provision", success=False, resource={"id": "u1", "email": "ada@example.com"})
    assert looked(insights, args, before, after).ids() == [before["id"], after["id"]]
    assert looked(insights, args).ids() == []
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    text = state.read_text(encoding="utf-8")
    assert KEY not in text and "ada@" not in text and '"u1"' in text
    assert os.listdir(tmp_path) == ["state.json"]


def test_events_without_an_id_are_told_apart_by_what_they_say(insights: Insights) -> None:
    async def run() -> list[str]:
        async with watching(options(insights)) as watcher:
            await watcher.looks(insights)
            rows = [{**one(1), "id": None}, {**one(2), "id": ""}, {**one(3), "id": "x" * 65}]
            insights.visible = [*rows, *rows]
            await watcher.looks(insights, 3)
        return watcher.ids()

    found = asyncio.run(run())
    assert len(found) == len(set(found)) == 3 and all(len(identity) == 64 for identity in found)


def test_what_a_service_echoes_of_a_secret_is_masked(insights: Insights, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    state = tmp_path / "state.json"

    async def run() -> str:
        async with watching(options(insights, state_file=str(state))) as watcher:
            await watcher.looks(insights)
            echo = {"id": KEY, "email": "%s@example.com" % KEY}
            insights.visible = [one(1, "user_create_provision", success=False, error_message="refused %s\n\ud800" % KEY, resource=echo)]
            await watcher.until(lambda: len(watcher.told) == 2)
            insights.faults = [status(400, {"message": "who is %s?" % KEY})]
            await watcher.looks(insights)
        return json.dumps(watcher.told)

    caplog.set_level(logging.DEBUG, source.LOG.name)
    shown = asyncio.run(run())
    assert "refused ********" in shown and KEY not in shown
    assert "who is ********?" in caplog.text and KEY not in caplog.text
    shown.encode("utf-8")


def test_nothing_in_an_event_is_a_template(insights: Insights) -> None:
    """A playbook gets the event as an extra variable, and would run what it holds."""
    odd = "{{{ lookup('pipe', 'id') }}{% if x %}{# y #}{{"

    async def run() -> str:
        async with watching(options(insights)) as watcher:
            await watcher.looks(insights)
            resource = {"id": "u1", "email": odd, "username": odd}
            insights.visible = [one(1, "user_create_provision", success=False, error_message=odd, resource=resource), one(initiated_by={"name": odd})]
            await watcher.until(lambda: len(watcher.told) == 4)
        return json.dumps(watcher.told)

    shown = asyncio.run(run())
    assert "lookup" in shown and not any(mark in shown for mark in ("{{", "{%", "{#"))


# ---- whatever goes wrong on the way


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_no_event_and_tells_none_twice(insights: Insights, caplog: pytest.LogCaptureFixture, fault: str) -> None:
    async def run() -> None:
        async with watching(options(insights)) as watcher:
            await watcher.looks(insights)
            before, after = one(1), one()
            insights.visible = [before]
            await watcher.until(lambda: bool(watcher.told))
            insights.faults = [FAULTS[fault]] * 2
            insights.visible = [after, before]
            await watcher.until(lambda: len(watcher.ids()) == 2)
            await watcher.looks(insights)
        assert (insights.faults, watcher.ids()) == ([], [before["id"], after["id"]])

    caplog.set_level(logging.WARNING, source.LOG.name)
    asyncio.run(run())
    lines = [record.getMessage() for record in caplog.records if record.name == source.LOG.name]
    assert all("\n" not in line and KEY not in line and len(line) < 1000 for line in lines)
    # what the client mends by itself within a look is no news
    assert not lines or (lines[0].startswith("JumpCloud Directory Insights: ") and lines[-1].startswith("JumpCloud answers again, after "))


def test_nobody_listens_for_a_while(insights: Insights) -> None:
    async def run() -> None:
        async with watching(options(insights, time_budget=0.2)) as watcher:
            await watcher.looks(insights)
            await asyncio.to_thread(insights.close)
            await asyncio.sleep(0.5)
            again = Insights(insights.port)
            try:
                again.visible = [one()]
                await watcher.until(lambda: len(watcher.ids()) == 1)
            finally:
                await asyncio.to_thread(again.close)

    asyncio.run(run())


def test_it_may_be_started_before_jumpcloud_can_be_reached(insights: Insights) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def run() -> None:
        args = options(insights, time_budget=0.2, **dict.fromkeys(("console_url", "insights_url"), "http://127.0.0.1:%d" % port))
        async with watching(args) as watcher:
            await asyncio.sleep(0.5)
            late = Insights(port)
            try:
                await watcher.looks(late)
            finally:
                await asyncio.to_thread(late.close)

    asyncio.run(run())


def test_events_that_can_not_be_read_are_told_as_unwatched_once(insights: Insights) -> None:
    async def run() -> list[str]:
        async with watching(options(insights)) as watcher:
            await watcher.looks(insights)
            insights.visible = [one(), {**one(), "timestamp": "yesterday"}]
            await watcher.looks(insights, 4)
        return watcher.kinds()

    assert asyncio.run(run()) == ["deactivated", "changed_by_others", "unwatched"]


# ---- what ends it


@pytest.mark.parametrize("code", [401, 402, 403])
def test_refused_at_the_start(insights: Insights, code: int) -> None:
    insights.faults = [status(code)]
    line = failure(options(insights))
    assert "cannot search the provisioning events: HTTP %d" % code in line and len(insights.queries) == 1


def test_refused_three_times_in_a_row(insights: Insights) -> None:
    async def run() -> None:
        async with watching(options(insights)) as watcher:
            await watcher.looks(insights)
            # two and an answer, then three
            insights.faults = [status(401), status(403)]
            await watcher.looks(insights, 4)
            insights.faults = [status(401)] * 3
            with pytest.raises(source.WatchFailed, match="HTTP 401"):
                await asyncio.wait_for(watcher.task, PATIENCE)
        assert insights.faults == []

    asyncio.run(run())


@pytest.mark.parametrize(
    "given, said",
    [
        ({"application": "Unitty"}, 'did you mean "Unity"?'),
        ({"application": None}, "application, application_id"),
        ({"application": ""}, "application, application_id"),
        ({"application_id": APP_ID}, "mutually exclusive"),
        ({"api_key": ""}, "No credentials for JumpCloud. Set api_key"),
        ({"client_id": "c"}, "required together"),
        ({"intervall": 1}, "intervall"),
        ({"interval": "soon"}, "interval"),
        ({"interval": 0}, "interval must be between"),
        ({"overlap": -1}, "overlap must be between"),
        ({"within_minutes": 0}, "within_minutes must be between"),
        ({"concurrency": 0}, "concurrency"),
        ({"region": "mars"}, "region"),
        ({"insights_url": "http://insights.example.com"}, "insights_url"),
        ({"api_key": KEY + "\n"}, "Look at the credential"),
        ({"expected_organization_id": "5" * 24}, "is expected"),
    ],
    ids=str,
)
def test_options_that_make_no_sense(insights: Insights, given: dict[str, t.Any], said: str) -> None:
    assert said in failure({**options(insights), **given})


def test_a_certificate_that_nobody_knows_ends_it_at_the_start(insights: Insights) -> None:
    trustme = pytest.importorskip("trustme")
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    insights._server.socket = context.wrap_socket(insights._server.socket, server_side=True)  # pylint: disable=protected-access
    url = insights.url.replace("http:", "https:")
    assert "certificate" in failure(options(insights, console_url=url, insights_url=url))


def test_empty_options_count_as_not_given_and_texts_as_what_they_say(insights: Insights, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a rulebook's templates give them."""
    monkeypatch.setenv("JUMPCLOUD_API_KEY", KEY)
    given = {"api_key": "", "region": "", "application_id": "", "state_file": "", "interval": "0.05", "may_pause": "False", "eda_feedback_queue": object()}

    async def run() -> None:
        async with watching(options(insights, **given)) as watcher:
            await watcher.looks(insights)

    asyncio.run(run())


# ---- the end


def test_it_ends_at_once_while_it_waits(insights: Insights) -> None:
    async def run() -> float:
        watcher = Watcher(options(insights, interval=3600))
        await watcher.looks(insights, 1)
        return await watcher.cancel()

    begun = real_time.monotonic()
    assert asyncio.run(run()) < 0.5
    assert real_time.monotonic() - begun < 5


def test_it_ends_soon_while_a_request_is_tried_again(insights: Insights) -> None:
    async def run() -> float:
        watcher = Watcher(options(insights, time_budget=600))
        await watcher.looks(insights)
        insights.faults = [status(429, Retry_After="300")]
        await watcher.until(lambda: not insights.faults)
        return await watcher.cancel()

    begun = real_time.monotonic()
    assert asyncio.run(run()) < 0.5
    # the thread, too
    assert real_time.monotonic() - begun < 5


def test_it_ends_within_the_read_timeout_while_an_answer_does_not_come(insights: Insights) -> None:
    async def run() -> float:
        watcher = Watcher(options(insights))
        await watcher.looks(insights)
        insights.faults = [hangs]
        await watcher.until(lambda: not insights.faults)
        return await watcher.cancel()

    begun = real_time.monotonic()
    assert asyncio.run(run()) < 0.5
    assert real_time.monotonic() - begun < 5


def test_events_that_nobody_took_are_told_by_the_next_run(insights: Insights, tmp_path: Path) -> None:
    """The queue of ansible-rulebook holds few, and its actions take long."""
    args = options(insights, state_file=str(tmp_path / "state.json"))

    async def interrupted() -> None:
        watcher = Watcher(args, size=1)
        await watcher.looks(insights)
        insights.visible = [one(number) for number in range(5)]
        end = real_time.monotonic() + PATIENCE
        while not watcher.queue.full():
            assert real_time.monotonic() < end
            await asyncio.sleep(0.01)
        await watcher.cancel()
        assert len(watcher.told) == 1

    async def run() -> list[str]:
        async with watching(args) as watcher:
            await watcher.looks(insights, 3)
        return watcher.ids()

    asyncio.run(interrupted())
    assert len(asyncio.run(run())) == 5 and asyncio.run(run()) == []


# ---- a state that can't be gone on with


STATE = {"version": 1, "application_id": APP_ID, "floor": "2026-11-24T05:40:04+00:00", "seen": {}, "outcomes": {}, "losses": [], "told": ""}


def damaged_states() -> list[t.Any]:
    whole = STATE
    future = (datetime.now(timezone.utc) + timedelta(days=400)).isoformat()
    return [
        pytest.param("", "damaged", id="empty"),
        pytest.param("{", "damaged", id="cut off"),
        pytest.param("\x00" * 100, "damaged", id="zeros"),
        pytest.param("[" * 100000, "damaged", id="too deep"),
        pytest.param("\udcff\udcfe", "damaged", id="no text"),
        pytest.param("[]", "damaged", id="a list"),
        pytest.param(json.dumps({**whole, "floor": "now"}), "damaged", id="no time"),
        pytest.param(json.dumps({**whole, "seen": {"e": 1}}), "damaged", id="a number as a time"),
        pytest.param(json.dumps({**whole, "losses": [1]}), "damaged", id="odd losses"),
        pytest.param(json.dumps({**whole, "outcomes": {"u": "x"}}), "damaged", id="odd outcomes"),
        pytest.param(json.dumps({name: value for name, value in whole.items() if name != "seen"}), "damaged", id="a field is missing"),
        pytest.param(json.dumps({**whole, "version": 2}), "version 2", id="of a later version"),
        pytest.param(json.dumps({**whole, "floor": future}), "from the future", id="from the future"),
        pytest.param(json.dumps({**whole, "floor": "2020-01-01T00:00:00Z"}), "90 days", id="too old"),
    ]


@pytest.mark.parametrize("text, said", damaged_states())
def test_a_state_that_can_not_be_gone_on_with(insights: Insights, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, said: str) -> None:
    state = tmp_path / "state.json"
    state.write_text(text, encoding="utf-8", errors="surrogateescape")

    async def run() -> Watcher:
        insights.visible = [one(30)]
        async with watching(options(insights, state_file=str(state))) as watcher:
            await watcher.looks(insights)
            insights.visible = [one(), *insights.visible]
            await watcher.looks(insights, 3)
        return watcher

    watcher = asyncio.run(run())
    assert (watcher.kinds(), watcher.ids()) == (["unwatched", "deactivated", "changed_by_others"], [insights.visible[0]["id"]])
    assert said in watcher.told[0]["reason"] and said in caplog.text and "Run the audit." in caplog.text
    assert json.loads(state.read_text(encoding="utf-8"))["version"] == 1


def test_a_path_that_is_not_for_this_watch(insights: Insights, tmp_path: Path) -> None:
    folder, link, other = tmp_path / "folder", tmp_path / "link", tmp_path / "other"
    folder.mkdir()
    link.symlink_to(other)
    assert "it is a directory" in failure(options(insights, state_file=str(folder)))
    assert "it is a symbolic link" in failure(options(insights, state_file=str(link)))
    state = {"version": 1, "application_id": "f" * 24, "floor": "2026-11-24T05:40:04Z", "seen": {}, "outcomes": {}, "losses": [], "told": ""}
    other.write_text(json.dumps(state), encoding="utf-8")
    assert "Give each watch a state_file of its own." in failure(options(insights, state_file=str(other)))


def test_a_state_that_can_not_be_written_at_the_start(insights: Insights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = failure(options(insights, state_file="/proc/nowhere/state.json"))
    assert said.startswith('Can\'t write "/proc/nowhere/state.json": ') and "Choose another path for state_file" in said
    assert insights.queries == []

    def busy(_source: str, _destination: str) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy")

    # what a file is that a container has as a volume of its own
    state = tmp_path / "state.json"
    monkeypatch.setattr(os, "replace", busy)
    for content in (b"", json.dumps({**STATE, "floor": (datetime.now(timezone.utc) - timedelta(hours=1)).isoformat()}).encode()):
        state.write_bytes(content)
        assert "resource busy. Choose another path for state_file" in failure(options(insights, state_file=str(state)))
        assert (insights.queries, state.read_bytes(), os.listdir(tmp_path)) == ([], content, ["state.json"])


def test_the_folder_of_the_state_is_made(insights: Insights, tmp_path: Path) -> None:
    folder = tmp_path / "one" / "two"
    args = options(insights, state_file=str(folder / "state.json"))
    assert looked(insights, args, one(30)).kinds() == []
    assert (stat.S_IMODE(folder.stat().st_mode), os.listdir(folder)) == (0o700, ["state.json"])
    assert looked(insights, args, one(10)).kinds() == ["deactivated", "changed_by_others"]


def test_a_first_look_that_fails_is_no_beginning(insights: Insights, tmp_path: Path) -> None:
    """What was there before the first one that succeeds is not told, though the state could be written."""
    insights.faults = [status(500)] * 3

    async def run() -> list[str]:
        async with watching(options(insights, state_file=str(tmp_path / "state.json"))) as watcher:
            await watcher.looks(insights)
            assert os.listdir(tmp_path) == []
            insights.visible = [one(30)]
            await watcher.looks(insights, 3)
        return watcher.kinds()

    assert asyncio.run(run()) == []


def test_a_state_that_can_not_be_written_later_is_reported_and_watching_goes_on(insights: Insights, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "folder"

    async def run() -> list[str]:
        async with watching(options(insights, state_file=str(folder / "state.json"))) as watcher:
            await watcher.looks(insights)
            folder.rename(tmp_path / "gone")
            insights.visible = [one()]
            await watcher.looks(insights, 3)
        return watcher.kinds()

    assert asyncio.run(run()) == ["deactivated", "changed_by_others"]
    assert "Can't write" in caplog.text and "a restart begins where the file ends" in caplog.text


@pytest.mark.parametrize("ahead", [86400.0, -86400.0], ids=["JumpCloud's clock is ahead", "ours is ahead"])
def test_clocks_that_differ_by_a_day(insights: Insights, caplog: pytest.LogCaptureFixture, ahead: float) -> None:
    async def run() -> list[str]:
        insights.ahead = ahead
        insights.visible = [one(30 - ahead)]
        async with watching(options(insights)) as watcher:
            await watcher.looks(insights)
            insights.visible = [one(-ahead), *insights.visible]
            await watcher.looks(insights, 3)
        return watcher.ids()

    assert asyncio.run(run()) == [insights.visible[0]["id"]]
    assert caplog.text.count("This machine's clock says ") == 1
    asked = {query["start_time"] for query in insights.queries[-2:]}
    by_theirs = datetime.now(timezone.utc) + timedelta(seconds=min(ahead, 0.0))
    assert all(datetime.fromisoformat(time.replace("Z", "+00:00")) < by_theirs for time in asked)


# ---- how it is loaded, and what it says of itself


def test_it_is_run_by_its_path_where_nobody_knows_of_collections(tmp_path: Path) -> None:
    """As ansible-rulebook does it."""
    code = "import runpy, inspect; found = runpy.run_path(%r); assert inspect.iscoroutinefunction(found['main']); print(found['Watch'].__module__)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ANSIBLE"))}
    done = subprocess.run([sys.executable, "-c", code % str(FILE)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("ansible_collections.unity_jumpcloud.scim.plugins.module_utils._logic.provisioning_watch", "")


def test_every_option_is_documented_as_it_is() -> None:
    documented = yaml.safe_load(source.DOCUMENTATION)["options"]
    spec = source.ARGUMENTS.options
    assert {name: (one["type"], one.get("default"), one.get("elements")) for name, one in documented.items()} == {
        name: (one["type"], one.get("default"), one.get("elements")) for name, one in spec.items()
    }
    yaml.safe_load(source.EXAMPLES)
