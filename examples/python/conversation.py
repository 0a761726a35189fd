"""Reads a conversation of signed messages, and tells what is wrong with it.

    python3 conversation.py http://127.0.0.1:8130/channels/1     # asks for the key, or for an invite link
    python3 conversation.py notes.csv --key-file our.key --json
    python3 conversation.py < link.txt                           # the link says which channel
    python3 conversation.py --log ../../vectors/joining-conversation.json

It begins at the first entry each time, trusts nothing that it reads, and writes nothing to the channel.
docs/findings.md says what each finding means. Needs Python 3.9 and `cryptography`.
"""

from __future__ import annotations

import argparse
import csv
import getpass
import io
import json
import signal
import sys
import urllib.request
from typing import Iterator, NamedTuple, Optional

import protocol
from protocol import Continuity, Entry, Message, Secrets

TIMEOUT_S = 60
ANSWER_MAX = 64 << 20  # bytes of one answer
LOUD = {"missing", "reordered", "forked", "cloned", "bad-signature"}


class Source(NamedTuple):
    """What is read: a log, what opens it, and what the reader knows beforehand."""

    log: Iterator[Entry]
    secrets: Secrets
    continuity: Continuity
    invite_seen: Optional[tuple[object, bytes, bytes]] = None  # inviter, t, h


# --- Where the entries come from ---


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A read key must not travel to wherever an answer says."""

    def redirect_request(self, *_: object) -> None:
        return None


def entries_of_relay(address: str, read_key: Optional[str]) -> Iterator[Entry]:
    opener = urllib.request.build_opener(NoRedirect)
    headers = {"THINGSPEAKAPIKEY": read_key} if read_key else {}
    after = 0
    while True:
        request = urllib.request.Request(f"{address}/feeds.json?after={after}", headers=headers)
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            feeds = json.loads(answer.read(ANSWER_MAX))["feeds"]
        page = [entry_of(row) for row in feeds if int(row["entry_id"]) > after]
        if not page:
            return
        yield from in_order(page)
        after = max(entry.id for entry in page)


def entries_of_file(path: str) -> Iterator[Entry]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    complete = text[: text.rfind("\n") + 1]  # the last line may be half written
    csv.field_size_limit(len(text) + 1)
    return in_order([entry_of(row) for row in csv.DictReader(io.StringIO(complete, newline=""))])


def entry_of(row: dict) -> Entry:
    return Entry(int(row["entry_id"]), [row.get(f"field{i}") for i in range(1, 9)])


def in_order(entries: list[Entry]) -> Iterator[Entry]:
    """By their numbers; of two with one number the first."""
    last = 0
    for entry in sorted(entries, key=lambda entry: entry.id):
        if entry.id > last:
            yield entry
        last = entry.id


def source_of_log(text: str) -> Source:
    """A log in JSON: `conversationId` (hex), `key`, `entries` of {id, fields}. May have: `me`, the reader's own key
    (base64url), with `made`, a list of {t (hex), n, entry} of what it wrote (entry: where it was stored, or null); and
    `invite`, {from (base64url), seen: {t, h} (hex)}."""
    given = json.loads(text)
    conversation = bytes.fromhex(given["conversationId"])
    me = protocol.from_base64url(given["me"]) if given.get("me") else None
    continuity = Continuity(conversation, me)
    for made in given.get("made", []):
        t = bytes.fromhex(made["t"])
        continuity.made[t] = made["n"]
        if made.get("entry") is not None:
            continuity.stored[t] = made["entry"]
    invite = given.get("invite")
    seen = invite and (protocol.from_base64url(invite["from"]), *(bytes.fromhex(invite["seen"][x]) for x in "th"))
    log = in_order([Entry(entry["id"], entry["fields"]) for entry in given["entries"]])
    return Source(log, Secrets(conversation, given["key"]), continuity, seen)


def source_of_channel(address: Optional[str], place: Optional[str], secret: str) -> Source:
    """A channel, by what was typed: a key in base64url, or an invite link."""
    read_key = seen = None
    if "#" in secret or secret.lower().startswith("fernspeak:"):
        invite = protocol.read_invite(secret)
        secrets = invite.secrets
        seen = invite.seen and (invite.inviter, *invite.seen)
        read_key = invite.read_key or invite.write_key
        address = address or invite.address
    elif not secret.isascii() or len(secret) != 44:
        raise ValueError("neither a key (44 characters of base64url) nor an invite link; passphrases are not taken")
    elif address:
        secrets = protocol.secrets_of_key(secret, place or protocol.place_of(address))
    else:
        raise ValueError("a key does not say where to read: name a channel, or give an invite link")
    is_web = address.startswith(("http:", "https:"))
    log = entries_of_relay(address, read_key) if is_web else entries_of_file(address.removeprefix("file:"))
    return Source(log, secrets, Continuity(secrets.conversation), seen)


def ask_secret(key_file: Optional[str]) -> str:
    """Never from the command line: other users of a computer can see that."""
    if key_file:
        with open(key_file, encoding="utf-8") as file:
            return file.read().strip()
    return (getpass.getpass("Key or invite link: ") if sys.stdin.isatty() else sys.stdin.read()).strip()


def messages_of(source: Source) -> list[Message]:
    """All of the log, and what there is to say at its end."""
    messages = list(protocol.read(source.log, source.secrets, source.continuity))
    if source.invite_seen:
        notices = source.continuity.claim(*source.invite_seen)
        messages += [Message(None, None, protocol.NO_CONTENT, [notice]) for notice in notices]
    return messages


# --- What is shown ---


def text_of(body: bytes) -> Optional[str]:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def json_line(message: Message, continuity: Continuity) -> str:
    """One object a line; bytes as in vectors/: keys in base64url, t in hex."""
    frame, content = message.frame, message.content
    is_chunk = content["kind"] == "chunk"
    text = content.get("name") if is_chunk or "body" not in content else text_of(content["body"])
    shown = frame if frame and not is_replay(message) else None
    line = {
        "entry": message.entry,
        "from": frame and frame.sender,
        "n": frame and frame.n,
        "t": frame and frame.t.hex(),
        "kind": content["kind"],
        "text": text,
        **({"bytes": content["body"]} if text is None and content.get("body") and not is_chunk else {}),
        **{name: content[name] for name in ("title", "priority", "at", "invite") if name in content},
        **{name: content[name] for name in ("file", "size", "chunks", "index", "type", "sha256") if name in content},
        "place": shown and continuity.place.get(shown.t),
        "received": continuity.received(shown.t) if shown else [],
        "findings": [notice["code"] for notice in message.notices],
        "notices": [{**notice, "t": notice["t"].hex()} if "t" in notice else notice for notice in message.notices],
    }
    return json.dumps(line, default=protocol.to_base64url)


def is_replay(message: Message) -> bool:
    return any(notice["code"] == "replayed" for notice in message.notices)


class Names:
    """Names are labels that anybody may take, so a part of the key stands beside each."""

    def __init__(self, messages: list[Message], continuity: Continuity):
        self.names = {
            frame.sender: content["name"]
            for _, frame, content, _ in messages
            if frame and content["kind"] == "hello" and frame.t in continuity.place
        }

    def of(self, sender: bytes) -> str:
        return f"{visible(self.names.get(sender, '?'))} ({protocol.to_base64url(sender)[:8]})"


def visible(text: str) -> str:
    """Control characters and those that change the direction of writing are shown, not obeyed."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def said(message: Message) -> str:
    """The text for a terminal: further lines are indented, so that none can look like another message."""
    content = message.content
    kind, body = content["kind"], content.get("body", b"")
    if kind == "hello":
        return f"is {visible(content['name'])} here"
    if kind == "file":
        return f"sent a file: {visible(content['name'])}, {content['size']} bytes in {content['chunks']} parts"
    if kind in ("chunk", "end"):
        return f"part {content['index'] + 1} of a file" if kind == "chunk" else "all of the file is sent"
    if kind in ("ack", "newer", "nothing"):
        return {"ack": "has read this far", "newer": "a newer kind of message", "nothing": ""}[kind]
    text = text_of(body)
    lines = [f"{len(body)} bytes"] if text is None else text.split("\n")
    return "\n        ".join(visible(line) for line in [*filter(None, [content.get("title")]), *lines])


def sentence(notice: dict, names: Names) -> str:
    """What a finding says, every suspect named. In parts, so that nobody's name is taken for a pattern."""
    code, why, n = (notice.get(name) for name in ("code", "why", "n"))
    who = names.of(notice["from"]) if notice["from"] else ""
    first, last = notice.get("first"), notice.get("last")
    numbers = f"number {first}" if first == last else f"numbers {first} to {last}"
    lost = "the relay lost it or holds it back"
    claims = f"{who} claims what is not so"
    return {
        "missing number": f"of {who}, {numbers} never came: {lost}, or it was never stored",
        "missing seen": f"{who} has seen a message that never came: {lost}, or {claims}",
        "missing own": f"your number {n} was answered as stored and is not there: {lost}",
        "reordered number": f"number {n} of {who} came after a later one: the relay held it back, or it was sent so",
        "reordered seen": f"{who} has seen in its place what does not count here: the order was changed, or {claims}",
        "forked": f"you and {who} were shown different histories: the relay lies to one of you, or {claims}",
        "cloned": f"two devices write with the key of {who} (number {n}): a copied profile, or a stolen key",
        "bad-signature": "not as its sender signed it: a key holder altered it, made it up, or took it from elsewhere",
        "replayed": f"number {n} of {who} came again, and is ignored",
        "unchecked": "the beginning of this log is gone, so nothing here can be compared",
        "unreadable": "does not open: junk, altered, or another key",
        "not-sealed": "not sealed: anyone can read it",
        "unsigned": "not signed: anyone with the key may have written it",
        "elsewhere": "opens with this key, but belongs to another conversation or place",
    }[f"{code} {why}" if why else code]


def show(message: Message, names: Names, continuity: Continuity) -> Iterator[str]:
    frame = message.frame
    if message.entry is not None:
        text = "" if is_replay(message) else said(message)
        yield f"{message.entry:>6}  {names.of(frame.sender) + '  ' if frame else ''}{text}".rstrip()
    if frame and not is_replay(message) and message.content["kind"] == "text":
        received = ", ".join(names.of(sender) for sender in continuity.received(frame.t))
        yield from [f"        received by {received}"] if received else []
    for notice in message.notices:
        mark = "!" if notice["code"] in LOUD else "·"
        yield f"      {mark} {notice['code']}: {sentence(notice, names)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", help="http(s)://HOST/channels/NUMBER, or a CSV file; a link may say it")
    parser.add_argument("--key-file", help="a file with the key in base64url, or with an invite link")
    parser.add_argument("--place", help="the channel's place, where the others name the channel otherwise")
    parser.add_argument("--log", help="read a log in JSON from this file, or from standard input (-)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    args = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it quietly
    try:
        if args.log:
            with open(0 if args.log == "-" else args.log, encoding="utf-8") as file:
                source = source_of_log(file.read())
        else:
            source = source_of_channel(args.address, args.place, ask_secret(args.key_file))
        messages = messages_of(source)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        print(f"error: {visible(str(error) or type(error).__name__)}", file=sys.stderr)
        return 1
    names = Names(messages, source.continuity)
    for message in messages:
        lines = [json_line(message, source.continuity)] if args.json else show(message, names, source.continuity)
        print(*lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
