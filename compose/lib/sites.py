"""What the scripts that drive `compose/up --sites N` have in common: where its sites are, and how they are asked."""

import http.client
import json
import time

KAFKA, REST, EDGE, TFTP, CONTROL = 9092, 8080, 8069, 6969, 8084
NEXT_SITE = 100
PATIENCE = 600


def request(port, method, path, body=None, timeout=PATIENCE):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def get_json(port, path):
    status, body = request(port, "GET", path)
    if status != 200:
        raise SystemExit(f"GET {path} on port {port}: {status} {body[:200]!r}; does compose/up --sites run?")
    return json.loads(body)


def until(condition, what, every=0.005, patience=PATIENCE):
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > patience:
            raise SystemExit(f"{what}: not within {patience} s")
        time.sleep(every)


def set_link(offset, of, at, how):
    """Cuts ("cut") or mends ("up") what site `at` hears of site `of`."""
    status, body = request(CONTROL + offset, "PUT", f"/links/{of}/{at}", how)
    if status >= 300:
        raise SystemExit(f"link {of} {at}: {status} {body[:200]!r}")


class Site:
    def __init__(self, number, offset):
        shift = offset + (number - 1) * NEXT_SITE
        self.name, self.kafka, self.rest = f"dc{number}", KAFKA + shift, REST + shift
        self.edge, self.tftp = EDGE + shift, TFTP + shift

    def digest(self):
        """Of the whole index of the tenant default: its digest, and how many files there are."""
        of = get_json(self.rest, "/api/v1/digests?tenant=default")["tenants"].get("default", {})
        return of.get("digest", ""), of.get("files", 0)

    def served(self, path):
        return request(self.edge, "GET", f"/files/{path}")
