"""Somebody who signs in over HTTP, without any program of ours, and reads."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

PASSWORD = "le bleu du matin 46"


class Reader:
    """A browser of few words at ``port``."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        """The page; raises HTTPError where there is none."""
        return self.browser.open(self.root + path, timeout=60).read().decode()

    def sign_in(self, user: str) -> None:
        """With the password of the demonstration."""
        page = self.get("/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {
            "csrfmiddlewaretoken": token.group(1),  # type: ignore[union-attr]
            "username": user,
            "password": PASSWORD,
        }
        request = Request(self.root + "/sign-in/", urlencode(form).encode())
        request.add_header("Referer", self.root + "/sign-in/")
        assert self.browser.open(request, timeout=60).status == 200

    def every_client(self, user: str) -> dict[str, str]:
        """What the record pages say, of all clients on the first page of the list, by address."""
        self.sign_in(user)
        found = sorted(set(re.findall(r'href="(/clients/[0-9a-f-]{36}/)"', self.get("/clients/"))))
        return {path: _words(self.get(path)) for path in found}


def _words(page: str) -> str:
    """The names and numbers of a record: what stays the same whoever looks, and when."""
    return "\n".join(re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.S))
