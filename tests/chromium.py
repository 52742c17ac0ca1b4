"""A real headless Chromium, driven over its own protocol through two pipes (no port is opened).

https://chromedevtools.github.io/devtools-protocol/ ; with ``--remote-debugging-pipe`` it reads
commands on descriptor 3 and writes answers on 4, JSON ended by NUL.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--hide-scrollbars",
    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
    "--disable-extensions", "--no-first-run", "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-pipe", "about:blank",
)  # fmt: skip
_KEYS = {
    " ": ("Space", 32), "/": ("Slash", 191), "c": ("KeyC", 67), "Enter": ("Enter", 13),
    "ArrowRight": ("ArrowRight", 39), "ArrowLeft": ("ArrowLeft", 37), "Tab": ("Tab", 9),
}  # fmt: skip


class Browser:
    """One tab. Requests and console messages are kept for asserting."""

    def __init__(self, to: int, answers: int) -> None:
        self._to, self._from = to, answers
        self._number = 0
        self._held = b""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        targets = self._call("Target.getTargets")["targetInfos"]
        page = next(each["targetId"] for each in targets if each["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=page, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command to the tab."""
        return self._call(method, session=self._session, **params)

    def open(self, url: str) -> None:
        """Go somewhere, and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        self.until("location.href.startsWith('http') || location.protocol === 'file:'")
        self.until("document.readyState === 'complete'")

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, expression: str, within_s: float = 15.0) -> Any:
        """Poll an expression until it is true."""
        deadline = time.monotonic() + within_s
        while not (value := self.run(expression)):
            assert time.monotonic() < deadline, f"waited for {expression}"
            select.select([], [], [], 0.02)
        return value

    def press(self, key: str) -> None:
        """Press a key, as a person would."""
        code, number = _KEYS[key]
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        facts = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **facts)
        self.call("Input.dispatchKeyEvent", type="keyUp", **facts)

    def click(self, selector: str) -> None:
        """Click the middle of an element."""
        self.run(f"document.querySelector({selector!r}).scrollIntoView({{block: 'center'}})")
        box = self.run(
            f"(() => {{ const r = document.querySelector({selector!r}).getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left",
                clickCount=1,
            )  # fmt: skip

    def type(self, text: str) -> None:
        """Put text where the focus is."""
        self.call("Input.insertText", text=text)

    def choose(self, selector: str, path: Path) -> None:
        """Choose a file in a file field."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def size(self, width: int, height: int, *, phone: bool = False, dark: bool = False) -> None:
        """The window's size; a phone's has touch and two pixels for one."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height,
            deviceScaleFactor=2 if phone else 1, mobile=phone,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def shoot(self, path: Path) -> None:
        """A picture of what is seen."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def _call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _next(self, within_s: float = 30.0) -> dict[str, Any]:
        while b"\0" not in self._held:
            if not select.select([self._from], [], [], within_s)[0]:
                raise AssertionError("Chromium doesn't answer")
            data = os.read(self._from, 1 << 20)
            if not data:
                raise AssertionError("Chromium has gone")
            self._held += data
        line, _, self._held = self._held.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(params["exceptionDetails"]))


@contextlib.contextmanager
def browser(home: Path) -> Iterator[Browser]:
    """A Chromium with a profile of its own in ``home``."""
    commands, to = os.pipe()
    answers, done = os.pipe()
    process = subprocess.Popen(
        ["bash", "-c", f'exec chromium "$@" 3<&{commands} 4>&{done}', "chromium",
         f"--user-data-dir={home}", *_FLAGS],
        pass_fds=(commands, done), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    os.close(commands)
    os.close(done)
    try:
        yield Browser(to, answers)
    finally:
        os.close(to)
        os.close(answers)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()
