"""Runs protocol.py over the vectors: says how many it finds as they say, and each that it does not.

    python3 check_vectors.py ../../vectors
"""

from __future__ import annotations

import json
import pathlib
import sys
from typing import Iterator

import conversation
import protocol
from protocol import Continuity, Entry, Fault

Case = tuple  # comment, found, expected


def in_hex(value: object) -> object:
    """As the vectors write it: bytes in hex, tuples of t and h as objects."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return {"t": value[0].hex(), "h": value[1].hex()}
    if isinstance(value, dict):
        return {name: in_hex(inner) for name, inner in value.items()}
    return [in_hex(inner) for inner in value] if isinstance(value, list) else value


def seen_of(written: dict | None) -> tuple | None:
    return written and (bytes.fromhex(written["t"]), bytes.fromhex(written["h"]))


def frames(vectors: dict) -> Iterator[Case]:
    for case in vectors["frames"]:
        expected = {name: value for name, value in case.items() if name not in ("comment", "conversationId", "frame")}
        try:
            frame = protocol.read_frame(bytes.fromhex(case["conversationId"]), bytes.fromhex(case["frame"]))
            content = protocol.read_content(frame.header, frame.body)
            said = {"t": frame.t, "from": frame.sender, "n": frame.n, "seen": frame.seen, "content": content}
            yield case["comment"], in_hex({"counts": True, "fault": None, **said}), expected
        except Fault as fault:
            yield case["comment"], {"counts": False, "fault": str(fault)}, expected
    for case in vectors["headers"]:
        content = protocol.read_content(bytes.fromhex(case["header"]), bytes.fromhex(case["body"]))
        yield case["comment"], in_hex(content), case["content"]


def files(vectors: dict) -> Iterator[Case]:
    for case in vectors["headers"]:
        content = protocol.read_content(bytes.fromhex(case["header"]), bytes.fromhex(case["body"]))
        yield case["comment"], in_hex(content), case["content"]
    for story in vectors["stories"]:
        messages = [(at, message["from"], message) for at, message in enumerate(story["messages"])]
        found = [
            {
                "from": sender,
                "name": file["offer"]["name"],
                "chunks": {str(index): place for index, place in file["chunks"].items()},
                "complete": file["end"] is not None and len(file["chunks"]) == file["offer"]["chunks"],
            }
            for (sender, _), file in protocol.known_files(messages).items()
        ]
        yield story["comment"], found, story["files"]


def chain(vectors: dict) -> Iterator[Case]:
    start = Continuity(bytes.fromhex(vectors["conversationId"]))
    for place, row in enumerate(vectors["chain"]):
        if place > 0:
            start.append(bytes.fromhex(row["t"]), "ada")
        yield f"the chain at {place}", start.chain[place].hex(), row["h"]
    for story in vectors["stories"]:
        reader = Continuity(bytes.fromhex(vectors["conversationId"]), story["me"], story["checked"])
        for event in story["events"]:
            notices, place = take(reader, event)
            yield story["comment"], in_hex(notices), event.get("notices", [])
            yield story["comment"], place, event.get("place")
        seen = (reader.log[-1], reader.chain[-1]) if reader.beginning else None
        yield story["comment"], in_hex(seen), story["seen"]
        for t, members in story["received"].items():
            yield story["comment"], sorted(reader.received(bytes.fromhex(t))), sorted(members)


def take(reader: Continuity, event: dict) -> tuple[list, int | None]:
    """What a reader notices at an event, and the place that a message got by it."""
    if "given" in event:
        given = event["given"]
        t = bytes.fromhex(given["t"])
        before = len(reader.log)
        notices = reader.judge(t, given["from"], given["n"], seen_of(given["seen"]))
        return notices, before if len(reader.log) > before else None
    if "made" in event:
        reader.made[bytes.fromhex(event["made"]["t"])] = event["made"]["n"]
    elif "stored" in event:
        reader.stored[bytes.fromhex(event["stored"]["t"])] = event["stored"]["entry"]
    elif "read" in event:
        return reader.read_to(event["read"]), None
    elif "invite" in event:
        return reader.claim(event["invite"]["from"], *seen_of(event["invite"]["seen"])), None
    return [], None


def joining_conversation(vectors: dict) -> Iterator[Case]:
    source = conversation.source_of_log(json.dumps(vectors))
    messages = protocol.read(source.log, source.secrets, source.continuity)
    found = [json.loads(conversation.json_line(message, source.continuity)) for message in messages]
    yield "how many messages", len(found), len(vectors["messages"])
    for message, expected in zip(found, vectors["messages"]):
        if message["from"] is None:
            message = {**message, "kind": None, "finding": message["findings"][0], "notices": []}
        yield f"entry {expected['entry']}", {name: message.get(name) for name in expected}, expected


def parts(vectors: list) -> Iterator[Case]:
    for case in vectors:
        log = [Entry(entry["id"], entry["fields"]) for entry in case["log"]]
        found = [(entry.id, strings) for entry, strings in protocol.join(log) if strings]
        expected = [(a["entry"], [s["text"] for s in a["strings"]]) for a in case["arrivals"] if a["strings"]]
        yield case["comment"], found, expected


def plain(vectors: dict) -> Iterator[Case]:
    for case in vectors["entries"]:
        strings = [string for _, strings in protocol.join([Entry(1, case["fields"])]) for string in strings]
        found = []
        for string in strings:
            readable = not protocol.looks_sealed(string)
            body = string.encode() if readable else protocol.open_token(vectors["key"], string)
            text = None if body is None else conversation.text_of(body)
            in_bytes = None if body is None or text is not None else protocol.to_base64url(body)
            found.append({"readable": readable, "text": text, "bytes": in_bytes})
        expected = [{name: message[name] for name in ("readable", "text", "bytes")} for message in case["messages"]]
        yield case["comment"], found, expected


def invites(vectors: dict) -> Iterator[Case]:
    for case in vectors["invites"]:
        invite = protocol.read_invite(case["link"])
        names = ("conversationId", "key", "inviter", "secret", "seen", "address", "writeKey", "readKey")
        read = in_hex(dict(zip(names, (*invite.secrets, *invite[1:]))))
        if invite.name is not None:
            read["name"] = invite.name
        yield case["comment"], read, case["invite"]
    for case in vectors["refused"]:
        try:
            yield case["comment"], protocol.read_invite(case["link"]), case["code"]
        except ValueError as refusal:
            yield case["comment"], str(refusal), case["code"]
    for case in vectors["derived"]:
        secrets = protocol.secrets_of_key(case["key"], case["place"])
        yield "derived", secrets.conversation.hex(), case["conversationId"]


def places(vectors: list) -> Iterator[Case]:
    for case in vectors:
        if "place" in case:
            yield case["address"], protocol.place_of(case["full"]), case["place"]


FILES = {
    "frames.json": frames,
    "files.json": files,
    "chain.json": chain,
    "joining-conversation.json": joining_conversation,
    "parts.json": parts,
    "plain.json": plain,
    "invites.json": invites,
    "places.json": places,
}


def main(folder: str) -> int:
    wrong = 0
    for name, cases_of in FILES.items():
        cases = list(cases_of(json.loads(pathlib.Path(folder, name).read_text("utf-8"))))
        for comment, found, expected in cases:
            if found != expected:
                wrong += 1
                print(f"{name}: {comment}\n  found    {json.dumps(found)}\n  expected {json.dumps(expected)}")
        print(f"{name}: {len(cases)} checked")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
