"""Takes the lines of the log's second sink on another host: appends each parcel to a file, brings it to disk,
and only then answers. Put a web server with TLS before it.

python log_sink.py --listen 127.0.0.1:8405 --file FILE
"""

from __future__ import annotations

import argparse
import os
import re
from http.server import BaseHTTPRequestHandler, HTTPServer

LONGEST = 10_000_000
LINES = re.compile(rb"(?:(?:event|tree|erasure) [ -~]{1,200}\n)+\Z")


class Handler(BaseHTTPRequestHandler):
    """POST adds; nothing reads, nothing takes away."""

    file: int

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parcel = self.rfile.read(length) if 0 < length <= LONGEST else b""
        if not LINES.fullmatch(parcel):
            self.send_error(400)
            return
        try:
            whole = os.write(self.file, parcel) == len(parcel)
            if not whole:
                os.write(self.file, b"\n")
            os.fsync(self.file)
        except OSError:
            whole = False
        self.send_response(204 if whole else 507)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the file is the record."""


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--listen", default="127.0.0.1:8405")
    parser.add_argument("--file", required=True)
    options = parser.parse_args()
    host, _, port = options.listen.rpartition(":")
    Handler.file = os.open(options.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    HTTPServer((host, int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main()
