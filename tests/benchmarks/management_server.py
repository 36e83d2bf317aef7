"""A platform's management interface in a process of its own: as many services as are asked for, always changing.

`python -m tests.benchmarks.management_server COUNT` prints its address; it ends with its standard input.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

STATUSES = ("deploying", "running", "stopping", "stopped", "concerning", "failed", "pending")


def row(number: int, turn: int = 0) -> dict[str, Any]:
    """A row of the old generation's list, with everything that the reference names."""
    return {
        "service_id": f"{number:08x}-0000-4000-8000-{number:012x}",
        "service_name": f"chat-service-{number}",
        "description": "answers questions about orders",
        "tenant": "t" * 32,
        "project": "p" * 32,
        "owner": "o" * 32,
        "publish_at": 1_764_000_000_000 + number,
        "infer_type": "real-time",
        "workspace_id": "0",
        "status": STATUSES[(number + turn) % len(STATUSES)],
        "progress": (number * 7 + turn * 10) % 100,
        "invocation_times": number,
        "failed_times": 0,
        "is_shared": False,
        "shared_count": 0,
        "is_free": False,
        "schedule": [],
        "transition_at": 1_764_000_000_000 + number,
        "tags": [{"key": "team", "value": f"team-{number % 7}"}],
        "additional_properties": {},
    }


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    count = 0
    looks = 0
    kept: dict[tuple[int, int, int], bytes] = {}  # noqa: RUF012 - of the process

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/v2/"):
            body = b'{"data": [], "total": 0}'
        elif not url.path.endswith("/services"):
            body = json.dumps(row(0)).encode()
        else:
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            start, limit = int(query["offset"]), int(query["limit"])
            if start == 0:
                _Answers.looks += 1
            body = self._page(start, limit)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _page(self, start: int, limit: int) -> bytes:
        key = (start, limit, self.looks % len(STATUSES) if self.count <= 100 else 0)
        if key not in self.kept:
            rows = [row(number, key[2]) for number in range(start, min(start + limit, self.count))]
            told = {"total_count": self.count, "count": len(rows), "services": rows}
            self.kept[key] = json.dumps(told).encode()
        return self.kept[key]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until standard input ends."""
    _Answers.count = int(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
