"""Python's cryptography: answers the requests of peer.ts, one a line."""

import sys
from time import perf_counter_ns

from cryptography.fernet import Fernet

TEXT = b"the quick brown fox jumps over the lazy dog "


def timed(fernet, size, batch, samples):
    message = (TEXT * (size // len(TEXT) + 1))[:size]
    times = []
    for _ in range(samples):
        started = perf_counter_ns()
        tokens = [fernet.encrypt(message) for _ in range(batch)]
        sealed = perf_counter_ns()
        for token in tokens:
            fernet.decrypt(token)
        opened = perf_counter_ns()
        times += [(sealed - started) / batch, (opened - sealed) / batch]
    return " ".join(map(str, times))


fernet = None
for line in sys.stdin:
    what, *given = line.split()
    if what == "key":
        fernet = Fernet(given[0])
        answer = "ok"
    elif what == "seal":
        answer = fernet.encrypt(bytes.fromhex(given[0])).decode()
    elif what == "open":
        answer = fernet.decrypt(given[0]).hex()
    else:
        answer = timed(fernet, *map(int, given))
    print(answer, flush=True)
