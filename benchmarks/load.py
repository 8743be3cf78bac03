"""A load generator: kept-alive connections on raw sockets, each asking again as soon as it is answered.

A process of its own: `python -m benchmarks.load PORT PATH COOKIE CONNECTIONS SECONDS`, answers in JSON."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time

HOST = "127.0.0.1"
ENOUGH = 262_144


def read_answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer with a Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(ENOUGH)
        if not part:
            raise ConnectionError("The server closed the connection.")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    parts, got = [body], len(body)
    while got < length:
        part = connection.recv(ENOUGH)
        parts.append(part)
        got += len(part)
    return int(head[9:12]), b"".join(parts)


def request(path: str, cookie: str) -> bytes:
    """The bytes of one request."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/html\r\nAccept-Language: en\r\n"
        f"Cookie: {cookie}\r\nConnection: keep-alive\r\n\r\n"
    ).encode()


def fetch(port: int, path: str, cookie: str) -> tuple[int, bytes]:
    """One answer, for looking at it."""
    with socket.create_connection((HOST, port), timeout=30) as connection:
        connection.sendall(request(path, cookie))
        return read_answer(connection)


def drive(port: int, path: str, cookie: str, until: float, times: list[float]) -> None:
    """Ask until the time is over. Anything but 200 ends the run."""
    asked = request(path, cookie)
    with socket.create_connection((HOST, port), timeout=30) as connection:
        while time.perf_counter() < until:
            start = time.perf_counter()
            connection.sendall(asked)
            status, _ = read_answer(connection)
            if status != 200:
                raise RuntimeError(f"{path} answered {status}")
            times.append(time.perf_counter() - start)


def main(port: int, path: str, cookie: str, connections: int, seconds: float) -> None:
    """Run the connections side by side and print how it went."""
    times: list[float] = []
    start = time.perf_counter()
    threads = [
        threading.Thread(target=drive, args=(port, path, cookie, start + seconds, times))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - start
    times.sort()
    said = {
        "requests": len(times),
        "rate": len(times) / spent,
        "median_ms": times[len(times) // 2] * 1000,
        "p95_ms": times[len(times) * 95 // 100] * 1000,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
