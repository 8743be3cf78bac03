"""Pages go compressed where nobody elsewhere can use their length; static files always, and for ever by name."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client as Browser
from django.test import RequestFactory

from confidential.compressing import CompressedMiddleware
from confidential.environment import BASE
from tests.making.people import Cast

PAGE = "<p>Who supports me, and how to ring me.</p>" * 40
HERE = {"Accept-Encoding": "gzip, deflate, br", "Sec-Fetch-Site": "same-origin"}


def answered(request: HttpRequest, response: HttpResponse | None = None) -> HttpResponse:
    """What leaves the program."""
    return CompressedMiddleware(lambda _: response or HttpResponse(PAGE))(request)


def is_compressed(path: str = "/clients/", method: str = "get", **headers: str) -> bool:
    """Whether a page that is asked for like this goes compressed."""
    given = {**HERE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = getattr(RequestFactory(), method)(path, headers=given)
    return answered(request).headers.get("Content-Encoding") == "gzip"


def test_a_page_that_was_asked_for_from_here_goes_compressed_and_whole() -> None:
    response = answered(RequestFactory().get("/clients/", headers=HERE))
    assert gzip.decompress(response.content).decode() == PAGE
    assert response.headers["Content-Length"] == str(len(response.content))
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(response.headers["Vary"].split(", "))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "SAME-ORIGIN,", "other"])
def test_nobody_elsewhere_gets_a_compressed_page(site: str) -> None:
    """Not even by a link of ours: a browser says cross-site of the whole way."""
    assert not is_compressed(Sec_Fetch_Site=site)
    assert is_compressed(Sec_Fetch_Site="none")


def test_a_browser_that_does_not_say_who_asked_gets_the_page_as_it_is() -> None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    assert answered(request).content.decode() == PAGE


def test_what_was_sent_along_never_stands_in_a_compressed_page() -> None:
    """Each page holds its own address with its query; a form that was wrong holds what was typed."""
    assert not is_compressed("/clients/?name=Dupont")
    assert not is_compressed(method="post")
    assert not is_compressed(method="head")


@pytest.mark.parametrize("takes", ["", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzip"])
def test_only_who_takes_gzip_gets_it(takes: str) -> None:
    assert not is_compressed(Accept_Encoding=takes)
    assert is_compressed(Accept_Encoding="br, gzip;q=0.5")


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(PAGE, content_type="application/json"),
        HttpResponse(PAGE, content_type="application/pdf"),
        HttpResponse(PAGE, status=404),
        HttpResponse("<p>short</p>"),
        HttpResponse(PAGE, headers={"Content-Encoding": "br"}),
        StreamingHttpResponse([PAGE]),
        FileResponse([PAGE.encode()], content_type="text/html"),
    ],
)
def test_only_whole_pages_are_compressed(response: HttpResponse) -> None:
    answer = answered(RequestFactory().get("/", headers=HERE), response)
    assert answer.headers.get("Content-Encoding") != "gzip"


def test_the_length_of_the_same_page_differs() -> None:
    """So a letter more or less does not show in one answer."""
    request = RequestFactory().get("/", headers=HERE)
    assert len({len(answered(request).content) for _ in range(40)}) > 5


def test_real_pages_go_so(cast: Cast, sign_in: Callable[..., Browser]) -> None:
    browser = sign_in(cast.volunteer)
    plain = browser.get("/")
    packed = browser.get("/", headers=HERE)
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert packed.headers["Cache-Control"] == "no-store"
    assert len(packed.content) < 0.5 * len(gzip.decompress(packed.content))
    asked = browser.get("/search/?q=Dupont", headers=HERE)
    assert "Content-Encoding" not in asked


ASK = """
import django, json
django.setup()
from django.templatetags.static import static
from django.test import Client
found = {}
for path in ("css/theme.css", "js/app.js", "fonts/atkinson-hyperlegible-400-normal.woff2"):
    answer = Client().get(static(path), headers={"Accept-Encoding": "gzip"})
    found[path] = [static(path), dict(answer.headers), b"".join(answer.streaming_content).hex()]
print(json.dumps(found))
"""


def test_static_files_are_compressed_and_kept_for_ever_by_name(tmp_path: Path) -> None:
    own = {**os.environ, "STATIC_ROOT": str(tmp_path), "CONFIDENTIAL_ROLE": "app"}
    for command in (["manage.py", "collectstatic", "--noinput", "-v0"], ["-c", ASK]):
        done = subprocess.run(
            [sys.executable, *command], cwd=BASE, env=own, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for path, (address, headers, _) in found.items():
        stem, kind = path.rsplit(".", 1)
        assert address.startswith(f"/static/{stem}.") and address.endswith(f".{kind}")
        assert address != f"/static/{path}"
        assert "immutable" in headers["Cache-Control"] and "public" in headers["Cache-Control"]
        assert headers.get("Content-Encoding") == (None if kind == "woff2" else "gzip")
    sheet = gzip.decompress(bytes.fromhex(found["css/theme.css"][2])).decode()
    font = found["fonts/atkinson-hyperlegible-400-normal.woff2"][0]
    assert font.rsplit("/", 1)[1] in sheet, "the style sheet names the font by its hash"


def test_a_first_visit_fetches_little_beside_the_page() -> None:
    """What head and frame of a page name, and htmx; without the fonts. `make bench` measures the rest."""
    head = (BASE / "templates" / "components" / "head.html").read_text("utf-8")
    names = set(re.findall(r"static\('([^']+)'\)", head)) | {"js/session.js", "icons/icons.svg"}
    assert "vendor/htmx-2.0.11/htmx.min.js" in names and "css/theme.css" in names
    packed = {name: len(gzip.compress((BASE / "static" / name).read_bytes())) for name in names}
    assert sum(packed.values()) < 38_000, packed
