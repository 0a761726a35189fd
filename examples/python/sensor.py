"""A sensor: writes one entry of sealed readings, each in a field of its own. Run it from cron or a timer.

    fernspeak key --out sensor.key
    python3 sensor.py http://127.0.0.1:8130/channels/1 --key-file sensor.key --write-key-file write.key

examples/sensor/reader.ts reads it, and so do `fernspeak receive` (with `--plot` as a plot) and any Fernet program. Works
with ThingSpeak too, at most every 15 seconds. Needs Python 3.9 and `cryptography`.
"""

import argparse
import os
import shutil
import sys
import urllib.parse
import urllib.request

from cryptography.fernet import Fernet


def readings() -> list[str]:
    """For field1, field2 …; put your own here."""
    load, _, _ = os.getloadavg()
    disk = shutil.disk_usage("/")
    return [f"{load:.2f}", f"{disk.free / 1e9:.1f}", f"{100 * disk.used / disk.total:.0f}"]


def contents(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read().strip()


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("address", help="http(s)://HOST/channels/NUMBER")
parser.add_argument("--key-file", required=True, help="what the readings are sealed with; the reader has it too")
parser.add_argument("--write-key-file", required=True, help="the channel's write key")
args = parser.parse_args()

fernet = Fernet(contents(args.key_file))
fields = {f"field{i}": fernet.encrypt(reading.encode()).decode() for i, reading in enumerate(readings(), 1)}
host = args.address.rpartition("/channels/")[0]
body = urllib.parse.urlencode({"api_key": contents(args.write_key_file), **fields}).encode()
with urllib.request.urlopen(f"{host}/update", body, timeout=30) as answer:
    entry = answer.read(20).decode()
if entry == "0":
    sys.exit("Not stored: written to too often, or the channel does not take it.")
print("Stored as entry", entry)
