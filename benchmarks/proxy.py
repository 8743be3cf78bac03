"""nginx before the application, as docs/operations.md asks for it, but for TLS; where nginx is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 10
# No connections are kept between nginx and gunicorn: gunicorn closes idle ones, and a form might meet one.
SETTINGS = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; gzip off; server_tokens off; client_max_body_size 11m; keepalive_timeout 75s;
  keepalive_requests 100000; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxied;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen {host}:{port};
    location / {{
      proxy_pass http://{host}:{behind};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


def installed() -> str | None:
    """Where nginx is; None where it is not."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Proxy:
    """nginx on a port of its own, in a folder of its own."""

    def __init__(self, behind: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="confidential-proxy-"))
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        user = f"user {pwd.getpwuid(os.getuid()).pw_name};" if os.getuid() == 0 else ""
        written = self.folder / "nginx.conf"
        written.write_text(
            SETTINGS.format(folder=self.folder, user=user, host=HOST, port=self.port, behind=behind)
        )
        program = installed()
        if program is None:
            raise RuntimeError("nginx is not installed.")
        self.process = subprocess.Popen(
            [program, "-c", str(written), "-e", str(self.folder / "error.log")],
            stdin=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        said = (self.folder / "error.log").read_text() if self.folder.exists() else ""
        self.stop()
        raise RuntimeError(f"nginx did not start: {said}")

    def stop(self) -> None:
        """End it, and leave nothing behind."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
