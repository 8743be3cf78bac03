"""The check in the browser, on a plain page under the strict policy, without our server."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from audit import merkle
from audit.note import SigningKey
from confidential.environment import BASE
from tests.making.logs import Log
from tests.vectors import proofs

pytestmark = pytest.mark.browser
OUTCOMES = ("true", "false", "open")
NAMES = (
    "browser",
    "file",
    "signature",
    "key-short",
    "key-form",
    "key",
    "since",
    "events",
    "removed",
    "complete",
    "later",
)
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:"


class Served:
    """A page with the two scripts, one person's file and the entries; the test changes what it serves."""

    def __init__(self, log: Log) -> None:
        self.log, self.key, self.file = log, str(log.key.verifier), log.client(0)
        self.asked: list[str] = []
        self.with_proof = True
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.asked.append(self.path)
                kind, body = served.answer(self.path)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str) -> tuple[str, bytes]:
        url = urlsplit(path)
        if url.path == "/":
            return "text/html; charset=utf-8", self.page().encode()
        if url.path.startswith("/js/"):
            return "text/javascript", (BASE / "static" / url.path[1:]).read_bytes()
        if url.path == "/file":
            since = int(parse_qs(url.query).get("since", ["0"])[0])
            file = dict(self.file)
            if self.with_proof and 0 < since < self.log.size:
                file["consistency"] = self.log.client(0, since=since)["consistency"]
            return "application/json", json.dumps(file, ensure_ascii=False).encode()
        if url.path.startswith("/entries/"):
            number, _, width = url.path.removeprefix("/entries/").partition(".p/")
            first = int(number) * 256
            bundle = self.log.entries[first : first + int(width or 256)]
            return "application/octet-stream", b"".join(
                len(e).to_bytes(2, "big") + e for e in bundle
            )
        return "image/x-icon", b""

    def page(self) -> str:
        said = " ".join(f'data-say-{n}-{o}="{n} {o} {{count}}"' for n in NAMES for o in OUTCOMES)
        events = "".join(
            f'<li data-log-event="{json.loads(item["event"])["id"]}">x</li>'
            for item in self.file["events"]
        )
        return f"""<!doctype html><html lang="en"><title>x</title><ol>{events}</ol>
            <div data-check-log="/file" data-check-entries="/entries/" data-check-key="{self.key}" {said}
              data-say-working="working" data-say-kept="kept" data-say-forgotten="forgotten"
              data-say-unreachable="unreachable"><button data-check-start hidden>Check</button>
            <label><input type="checkbox" data-check-remember> keep</label>
            <label>key <input data-check-own></label>
            <ul data-check-findings role="status"></ul></div>
            <script src="/js/check-log.js" defer></script><script src="/js/check-log-page.js" defer></script>"""


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served(Log().grow(700))
    threading.Thread(target=served.server.serve_forever, daemon=True).start()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(served.url)
    yield page
    page.close()
    assert [text for text in complaints if "ERR_FAILED" not in text] == []


def findings(page: Page) -> list[str]:
    """What the list says after the button was pressed."""
    page.get_by_role("button", name="Check").click()
    page.locator("[data-check-start]:not([disabled])").wait_for()
    page.locator("[data-check-findings] li").first.wait_for()
    return [
        text.removesuffix(" {count}")
        for text in page.locator("[data-check-findings] li").all_inner_texts()
    ]


def said(page: Page) -> set[str]:
    return {" ".join(line.split(" ")[:2]) for line in findings(page)}


GOOD = {"signature true", "key open", "since open", "events true", "complete true", "later true"}


def test_a_good_log(page: Page, served: Served) -> None:
    assert said(page) == GOOD
    assert page.locator("[data-checked=true]").count() == len(served.file["events"]) == 234
    assert "events true 234" in " ".join(page.locator("[data-check-findings] li").all_inner_texts())
    assert page.evaluate("localStorage.length") == 0


def state(page: Page) -> str | None:
    return page.locator("[data-check-log]").get_attribute("data-check-state")


def test_without_a_key_of_ones_own_the_log_agrees_with_itself_only(
    page: Page, served: Served
) -> None:
    """A log that was forged as a whole looks as well as a true one; the reader's key tells."""
    own = page.get_by_label("key")
    assert said(page) == GOOD and state(page) == "self"
    own.fill(f" {served.key} ")
    assert said(page) == (GOOD - {"key open"}) | {"key true"} and state(page) == "true"
    forged = Log().grow(500)
    served.log, served.key, served.file = forged, str(forged.key.verifier), forged.client(0)
    before = own.input_value()
    page.reload()
    assert said(page) == GOOD and state(page) == "self"
    own.fill(before)
    assert said(page) == (GOOD - {"key open"}) | {"key false"} and state(page) == "false"
    own.fill("")
    page.evaluate("""() => { const real = crypto.subtle.importKey.bind(crypto.subtle);
        crypto.subtle.importKey = (form, key, how, ...rest) =>
            how.name === "Ed25519" ? Promise.reject(new Error("unknown")) : real(form, key, how, ...rest); }""")
    own.fill(served.key)
    assert "signature open" in said(page) and state(page) == "self"


@pytest.mark.parametrize(
    ("typed", "said_too"),
    [
        ("{id}", "key-short open"),
        ("{name}+{id}", "key-short open"),
        ("{key}x", "key-form open"),
        ("{start}", "key-form open"),
        ("what is this", "key-form open"),
    ],
)
def test_what_is_no_whole_key_is_no_alarm(
    typed: str, said_too: str, page: Page, served: Served
) -> None:
    name, key_id, _ = served.key.split("+", 2)
    own = typed.format(name=name, id=key_id, key=served.key, start=served.key[:-3])
    page.get_by_label("key").fill(own)
    assert said(page) == GOOD | {said_too} and state(page) == "self"


def b64(proof: list[bytes]) -> list[str]:
    return [b64encode(value).decode() for value in proof]


def test_the_published_proofs(page: Page) -> None:
    """All 196, in one go each way: the index of a case that was judged otherwise would come back."""
    script = """async ([name, cases]) => {
        const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
        const judged = [];
        for (const [a, b, ...rest] of cases) {
            const made = rest.map(x => Array.isArray(x) ? x.map(bytes) : bytes(x));
            try { await window.checkLog[name](a, b, ...made); judged.push(true); }
            catch { judged.push(false); }
        }
        return judged;
    }"""
    inclusion = list(proofs.inclusion_cases())
    sent: list[Any] = [
        [c.index, c.size, *b64([c.leaf]), b64(c.proof), *b64([c.root])] for c in inclusion
    ]
    assert page.evaluate(script, ["verifyInclusion", sent]) == [case.good for case in inclusion]
    consistency = list(proofs.consistency_cases())
    sent = [[c.old, c.new, b64(c.proof), *b64([c.old_root, c.new_root])] for c in consistency]
    assert page.evaluate(script, ["verifyConsistency", sent]) == [case.good for case in consistency]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (lambda item: item.update(event=item["event"].replace("viewed", "edited")), "events false"),
        (lambda item: item.update(index=item["index"] + 3), "events false"),
        (lambda item: item.update(proof=item["proof"][1:]), "events false"),
        (lambda item: item.update(proof=[*item["proof"], item["proof"][0]]), "events false"),
        (lambda item: item.update(n=3), "events false"),
        (lambda item: item.update(entry=item["entry"].replace('"v":1', '"v":2')), "events false"),
        (lambda item: item.clear(), "events false"),
    ],
)
def test_a_changed_event_is_marked(change: Any, outcome: str, page: Page, served: Served) -> None:
    change(served.file["events"][7])
    assert outcome in said(page)
    assert page.locator("[data-checked=false]").count() <= 1
    assert page.locator("[data-checked=true]").count() == 233


def test_a_dropped_event_is_missed(page: Page, served: Served) -> None:
    kept = list(served.file["events"])
    for at, outcome in ((0, "complete false"), (100, "complete false"), (233, "later false")):
        served.file["events"] = kept[:at] + kept[at + 1 :]
        assert outcome in said(page)


def test_nothing_at_all_is_complete_only_if_true(page: Page, served: Served) -> None:
    served.file["events"] = []
    assert "later false" in said(page)


def test_entries_that_hide_a_leaf_are_not_believed(page: Page, served: Served) -> None:
    dropped = served.file["events"].pop()
    entries = list(served.log.entries)
    entries[dropped["index"]] = entries[dropped["index"] - 1]
    served.log.entries = entries
    assert "later false" in said(page)


def test_a_file_that_is_not_complete_says_no_more(page: Page, served: Served) -> None:
    served.file = served.log.client(0, complete=False)
    del served.file["events"][5]
    assert said(page) == {
        "signature true",
        "key open",
        "since open",
        "events true",
        "complete open",
    }


def test_a_removed_text_leaves_its_leaf(page: Page, served: Served) -> None:
    for at in (0, 9, 233):
        served.file["events"][at]["event"] = None
    assert said(page) == GOOD | {"removed open"}
    served.file["complete"] = False
    assert "events false" in said(page)


def test_a_checkpoint_of_somebody_else(page: Page, served: Served) -> None:
    served.file["checkpoint"] = served.log.checkpoint(key=SigningKey.make(served.log.key.name))
    assert said(page) == {"file false"}
    served.file["checkpoint"] = served.log.checkpoint().replace("\n700\n", "\n699\n")
    assert said(page) == {"signature false"}


def test_a_checkpoint_is_kept_only_with_consent_and_compared(page: Page, served: Served) -> None:
    page.get_by_label("keep").check()
    assert "kept" in findings(page)
    assert page.evaluate("localStorage.length") == 1
    served.log.grow(50)
    served.file = served.log.client(0)
    page.reload()
    assert page.get_by_label("keep").is_checked()
    assert "since true" in said(page)
    assert any(path == "/file?since=700" for path in served.asked)
    # Another history, from before what was kept, signed with the log's own key.
    fork = Log()
    fork.key = served.log.key
    fork.grow(800, lambda index: 0 if index > 600 else index % 3)
    before = page.evaluate("localStorage.getItem('kept-checkpoint')")
    served.log, served.file = fork, fork.client(0)
    assert "since false" in said(page)
    served.with_proof = False
    assert "since false" in said(page)
    assert page.evaluate("localStorage.getItem('kept-checkpoint')") == before
    page.get_by_label("keep").uncheck()
    assert page.evaluate("localStorage.length") == 0
    assert "since open" in said(page)


def test_a_log_that_shrank(page: Page, served: Served) -> None:
    page.get_by_label("keep").check()
    assert "kept" in findings(page)
    shrunk = Log()
    shrunk.key = served.log.key
    served.log = shrunk.grow(500)
    served.file = shrunk.client(0)
    assert "since false" in said(page)


def test_a_browser_without_ed25519_says_so(page: Page, served: Served) -> None:
    page.evaluate("""() => { const real = crypto.subtle.importKey.bind(crypto.subtle);
        crypto.subtle.importKey = (form, key, how, ...rest) =>
            how.name === "Ed25519" ? Promise.reject(new Error("unknown")) : real(form, key, how, ...rest); }""")
    assert said(page) == (GOOD - {"signature true"}) | {"signature open"}


def test_a_large_log_is_not_fetched_whole(page: Page, served: Served) -> None:
    log = Log().grow(256 * 202, lambda index: 0 if index < 3 else 1)
    root = merkle.root_of(b"".join(log.hashes))
    assert len(root) == 32
    served.log, served.key, served.file = log, str(log.key.verifier), log.client(0)
    page.reload()
    assert "later open" in said(page)
    assert not any(path.startswith("/entries/") for path in served.asked)


def test_what_cannot_be_fetched_is_said(page: Page, served: Served) -> None:
    page.route("**/file*", lambda route: route.abort())
    page.get_by_role("button", name="Check").click()
    page.get_by_text("unreachable").wait_for()


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"events": None},
        {"events": "x"},
        {"keys": {}},
        {"keys": {"commit": "AA"}},
        {"checkpoint": "x"},
        {"checkpoint": 5},
        {"keys": {"commit": "AAAA"}, "complete": True},
    ],
)
def test_what_is_no_file(change: dict[str, Any], page: Page, served: Served) -> None:
    served.file |= change
    page.get_by_role("button", name="Check").click()
    page.get_by_text("file false").wait_for()


def test_without_a_secure_address_nothing_is_claimed(browser: Browser, served: Served) -> None:
    """Over plain http from another host a browser has no WebCrypto."""
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    page.goto(served.url)
    assert said(page) == {"browser open"}
    page.close()
