# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real browser without a window, driven over a pipe by its own protocol (Chrome DevTools Protocol): no driver, no port, no library."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
import typing as t
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 30.0


def find() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)


class Browser:
    """One page of one browser. ``events`` are all that it reported: logs, dialogs, requests."""

    def __init__(self, executable: str, folder: Path, dark: bool = False):
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # the browser reads descriptor 3 and writes descriptor 4
        script = 'exec "$0" "$@" 3<&%d 4>&%d' % (to_browser, from_browser)
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--user-data-dir=%s" % folder]
        options += ["--force-dark-mode"] * dark + ["about:blank"]
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["bash", "-c", script, executable, *options],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._rest = b""
        self._session: str | None = None
        self.events: list[dict[str, t.Any]] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(domain + ".enable")
        self._features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.print_media(False)
        self.resize(800)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)
        os.close(self._write)
        os.close(self._read)

    def open(self, path: Path) -> None:
        self._call("Page.navigate", url=path.as_uri())
        end = time.monotonic() + SECONDS
        while self.evaluate("document.readyState + location.href") != "complete" + path.as_uri():
            assert time.monotonic() < end, "the page did not load"
            time.sleep(0.05)

    def evaluate(self, expression: str) -> t.Any:
        """The value of an expression, as if a person had caused it."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, userGesture=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def resize(self, width: int, height: int = 1200) -> None:
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def print_media(self, on: bool) -> None:
        """Show the page as it is printed, or as it is on a screen again."""
        self._call("Emulation.setEmulatedMedia", media="print" if on else "", features=self._features)
        # what is laid out only where it is seen is looked at once a frame
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => 0)")

    def prefer(self, **features: str) -> None:
        """What a person has chosen in the system, such as ``forced_colors="active"``; nothing chooses nothing."""
        chosen = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._call("Emulation.setEmulatedMedia", features=[*self._features, *chosen])

    def run_scripts(self, on: bool) -> None:
        self._call("Emulation.setScriptExecutionDisabled", value=not on)

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Tab": 9}.get(key, 0))

    def screenshot(self, path: Path, clip: dict[str, float] | None = None) -> None:
        """The whole page, or the part ``clip`` of it (x, y, width, height)."""
        part = {"clip": {**clip, "scale": 1}} if clip else {}
        data = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True, **part)["data"]
        path.write_bytes(base64.b64decode(data))

    def complaints(self) -> list[str]:
        """Dialogs, errors and requests beyond the page itself."""
        found = []
        for event in self.events:
            params = event.get("params", {})
            if event["method"] in ("Page.javascriptDialogOpening", "Runtime.exceptionThrown"):
                found.append(json.dumps(params))
            elif event["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
                found.append(params["entry"]["text"])
            elif event["method"] == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("file:", "about:")):
                found.append(params["request"]["url"])
        return found

    def _call(self, method: str, **params: t.Any) -> t.Any:
        self._number += 1
        message: dict[str, t.Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode("utf-8") + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def _receive(self) -> dict[str, t.Any]:
        while b"\0" not in self._rest:
            ready = select.select([self._read], [], [], SECONDS)[0]
            assert ready, "the browser does not answer"
            more = os.read(self._read, 65536)
            assert more, "the browser has ended"
            self._rest += more
        line, _end, self._rest = self._rest.partition(b"\0")
        return json.loads(line)
