"""A reader of docs/protocol.md: a second implementation, which shares no code with the first.

Its parts have the names of the document's sections. conversation.py is a program on top of it, check_vectors.py
runs it over vectors/. Needs Python 3.9 and `cryptography`.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import json
import math
import re
import struct
import unicodedata
import urllib.parse
from typing import Iterable, Iterator, NamedTuple, Optional

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def hash16(*parts: bytes) -> bytes:
    """SHA-256, cut to 16 bytes."""
    return hashlib.sha256(b"".join(parts)).digest()[:16]


def to_base64url(data: bytes, padded: bool = False) -> str:
    text = base64.urlsafe_b64encode(data).decode()
    return text if padded else text.rstrip("=")


def from_base64url(text: str, padded: bool = False) -> bytes:
    """The bytes of the one canonical spelling; ValueError for any other (Python's own decoder takes many)."""
    data = base64.urlsafe_b64decode(text if padded else text + "=" * (-len(text) % 4))
    if to_base64url(data, padded) != text:
        raise ValueError("not canonical base64url")
    return data


# --- Keys ---


class Secrets(NamedTuple):
    """What a reader must know: the conversation's id (16 bytes) and its Fernet key (44 characters)."""

    conversation: bytes
    key: str


def place_of(address: str) -> str:
    """A channel's name for key derivation, of its full address. Hosts have to be written as the URL standard does."""
    if not re.match("https?:", address):
        return "file:" + unicodedata.normalize("NFC", re.split(r"[/\\]", address.removeprefix("file:"))[-1])
    url = urllib.parse.urlsplit(address)
    host = (url.hostname or "").rstrip(".")
    if host in ("localhost", "::1", "::", "0.0.0.0") or re.search(r"^127\.[\d.]+$|^::ffff:7f|\.localhost$", host):
        return "localhost" + url.path
    port = "" if url.port in (None, {"http": 80, "https": 443}[url.scheme]) else f":{url.port}"
    return (f"[{host}]" if ":" in host else host) + port + url.path


def secrets_of_key(key: str, place: str) -> Secrets:
    """For a bare key the conversation's id is derived from it and the channel's place."""
    secret = from_base64url(key, padded=True)
    if len(secret) != 32:
        raise ValueError("not 32 bytes")
    info = b"fernspeak/conversation/v1" + place.encode()
    return Secrets(HKDF(SHA256(), 16, salt=None, info=info).derive(secret), key)


# --- Sealing ---


def unwrap(string: str) -> str:
    """What stands in b'…' or b"…"."""
    wrapped = len(string) > 3 and string[0] == "b" and string[1] in "'\"" and string[-1] == string[1]
    return string[2:-1] if wrapped else string


def is_token(string: str) -> bool:
    """Whether it has a Fernet token's shape: version 128, time, IV, ciphertext of whole blocks, HMAC."""
    try:
        data = from_base64url(string, padded=True)
    except ValueError:
        return False
    return data[:1] == b"\x80" and len(data) >= 73 and (len(data) - 57) % 16 == 0


def looks_sealed(string: str) -> bool:
    return is_token(unwrap(string)) or re.match("(b['\"])?gAAAAA", string) is not None


def open_token(key: str, string: str) -> Optional[bytes]:
    """The plaintext, or None when the key does not open it."""
    token = unwrap(string)
    try:
        return Fernet(key).decrypt(token.encode()) if is_token(token) else None
    except InvalidToken:
        return None


# --- Fitting and joining ---


class Entry(NamedTuple):
    id: int
    fields: list[Optional[str]]  # field1 … field8, None where there is none


MARKER = re.compile(r"~([A-Za-z0-9_-]{11})\.([1-9][0-9]{0,3})\.([1-9][0-9]{0,3})~")
WINDOW_ENTRIES, COUNT_MAX, JOINED_MAX, WAITING_MAX = 1024, 1024, 4 << 20, 16 << 20


class Window:
    """Parts of one string that wait for the rest."""

    def __init__(self, opened: int):
        self.opened = opened
        self.parts: dict[int, str] = {}
        self.size = 0  # bytes of UTF-8

    def add(self, index: int, payload: str) -> None:
        self.parts[index] = payload
        self.size += len(payload.encode("utf-8", "surrogatepass"))


def join(log: Iterator[Entry]) -> Iterator[tuple[Entry, list[str]]]:
    """Each entry of the log with the strings that stand at it: its own, or the one that it completes."""
    windows: dict[tuple[str, int], Window] = {}  # in the order in which they were opened
    for entry in log:
        while windows and entry.id - next(iter(windows.values())).opened >= WINDOW_ENTRIES:
            del windows[next(iter(windows))]
        first, *rest = entry.fields or [None]
        marker = MARKER.match(first or "")
        index, count = (int(marker[2]), int(marker[3])) if marker else (0, 0)
        if not marker or index > count or count > COUNT_MAX:
            yield entry, [field for field in entry.fields if field]
            continue
        name = (marker[1], count)
        window = windows.setdefault(name, Window(entry.id))
        if index not in window.parts:
            window.add(index, first[marker.end() :] + "".join(field or "" for field in rest))
        if window.size > JOINED_MAX:
            del windows[name]
        elif len(window.parts) == count:
            del windows[name]
            yield entry, ["".join(window.parts[i] for i in range(1, count + 1))]
            continue
        while sum(window.size for window in windows.values()) > WAITING_MAX:
            del windows[next(iter(windows))]
        yield entry, []


# --- Frames ---

LAYOUT = struct.Struct(">2s 32s 32s 32s Q 16s 16s B H I")  # version, R, S, from, n, seen t and h, flags, two lengths
SIGNED_FROM = 66
FLAG_SEEN = 1
AT_MAX = 8.64e15  # ms


class Frame(NamedTuple):
    t: bytes
    sender: bytes
    n: int
    seen: Optional[tuple[bytes, bytes]]  # t, h
    header: bytes
    body: bytes


KINDS = {
    "text": {"title": str, "priority": (str, float)},
    "hello": {"name": str, "invite": str},
    "ack": {},
    "file": {"file": str, "size": float, "chunks": float, "name": str, "type": str},
    "chunk": {"file": str, "size": float, "chunks": float, "index": float},
    "end": {"file": str, "size": float, "chunks": float, "sha256": str},
}
MAY_LACK = {"title", "priority", "invite"}
FILE_MAX, CHUNK_MAX, NAME_MAX, TYPE_MAX = 2**40, 2**20, 1024, 256
DEPTH_MAX = 16


def json_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond a double")
    return number


def json_object(pairs: list[tuple[str, object]]) -> dict:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def json_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def json_depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(json_depth, inner), default=0)


def read_header(header: bytes) -> dict:
    """The one JSON object that a header is; ValueError for anything else, and for what Python alone would take."""
    numbers = {"parse_int": json_number, "parse_float": json_number, "parse_constant": json_constant}
    try:
        said = json.loads(header.decode(), object_pairs_hook=json_object, **numbers)
        too_deep = json_depth(said) > DEPTH_MAX
    except RecursionError:
        too_deep = True
    if too_deep or not isinstance(said, dict):
        raise ValueError("too deep, or no object")
    json.dumps(said, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
    return said


def read_content(header: bytes, body: bytes) -> dict:
    """What a message says: its `kind`, `at` in ms and what the kind has; {kind: newer} alone when not understood."""
    newer = {"kind": "newer"}
    try:
        said = read_header(header)
    except ValueError:
        return newer
    at, kind = said.get("at"), said.get("kind")
    if not isinstance(at, float) or not at.is_integer() or not 0 <= at <= AT_MAX:
        return newer
    if not isinstance(kind, str) or kind not in KINDS:
        return newer
    content = {"at": int(at), "kind": kind}
    for name, types in KINDS[kind].items():
        if name in said:
            content[name] = said[name]
        if not isinstance(said.get(name), types) and (name in said or name not in MAY_LACK):
            return newer
    if "file" in KINDS[kind] and not is_of_file(content, len(body)):
        return newer
    return {**content, "body": body} if kind in ("text", "chunk") else content


def is_of_file(content: dict, length: int) -> bool:
    """Whether an offer, a chunk of that length or an end is as files are; whole numbers become integers."""
    for name in {"size", "chunks", "index"} & content.keys():
        if not content[name].is_integer() or not 0 <= content[name] <= FILE_MAX:
            return False
        content[name] = int(content[name])
    size, chunks = content["size"], content["chunks"]
    chunk = -(-size // chunks) if chunks else 0
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", content["file"]):
        return False
    if (chunk > CHUNK_MAX or chunk * (chunks - 1) >= size) if chunks and size else chunks != size:
        return False
    if content["kind"] == "file":
        units = {name: len(content[name].encode("utf-16-le")) // 2 for name in ("name", "type")}
        return 0 < units["name"] <= NAME_MAX and units["type"] <= TYPE_MAX
    if content["kind"] == "end":
        return re.fullmatch(r"[A-Za-z0-9_-]{43}", content["sha256"]) is not None
    index = content["index"]
    return index < chunks and length == (chunk if index < chunks - 1 else size - chunk * (chunks - 1))


def known_files(messages: Iterable[tuple[object, str, dict]]) -> dict[tuple, dict]:
    """By sender and id: the first offer, where the first of each chunk is, and the first end. Of (place, sender, content)."""
    files: dict[tuple, dict] = {}
    for place, sender, content in messages:
        key = (sender, content.get("file"))
        if content["kind"] == "file":
            files.setdefault(key, {"offer": content, "chunks": {}, "end": None})
        elif content["kind"] in ("chunk", "end") and key in files:
            file = files[key]
            if any(content[name] != file["offer"][name] for name in ("size", "chunks")):
                continue
            if content["kind"] == "chunk":
                file["chunks"].setdefault(content["index"], place)
            else:
                file["end"] = file["end"] or content["sha256"]
    return files


# --- What counts ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = {
    int.from_bytes(bytes.fromhex(point), "little")
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
}


class Fault(Exception):
    """Why a plaintext is no good frame; its text is one of the document's words for it."""


def is_acceptable(point: bytes) -> bool:
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return y < P and y not in SMALL_ORDER


def verifies(sender: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(sender).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def read_frame(conversation: bytes, plaintext: bytes) -> Frame:
    """A good frame, or Fault."""
    if plaintext[:2] != b"\x00\x01":
        raise Fault("not-a-frame")
    if len(plaintext) < LAYOUT.size:
        raise Fault("length")
    _, r, s, sender, n, seen_t, seen_h, flags, header_length, body_length = LAYOUT.unpack_from(plaintext)
    body_at = LAYOUT.size + header_length
    end = body_at + body_length
    if end > len(plaintext):
        raise Fault("length")
    if not 1 <= n < 2**53:
        raise Fault("n")
    if not is_acceptable(sender):
        raise Fault("from")
    if not is_acceptable(r):
        raise Fault("r")
    if int.from_bytes(s, "little") >= L:
        raise Fault("s")
    signed = plaintext[SIGNED_FROM:]
    if not verifies(sender, r + s, b"fernspeak/frame/v1\0" + conversation + signed):
        raise Fault("signature")
    t = hash16(b"fernspeak/message/v1\0", conversation, signed)
    seen = (seen_t, seen_h) if flags & FLAG_SEEN else None
    return Frame(t, sender, n, seen, plaintext[LAYOUT.size : body_at], plaintext[body_at:end])


# --- Continuity ---

NOTHING = bytes(16)  # the t of place 0


def notice(code: str, sender: object, **details: object) -> dict:
    return {"code": code, "from": sender, **details}


class Continuity:
    """What one reader knows of a log, and the rules that find the lies in it. Senders are their keys."""

    def __init__(self, conversation: bytes, me: object = None, beginning: bool = True):
        self.me = me
        self.beginning = beginning  # False: the log's first entries are gone
        self.log = [NOTHING]  # the t at each place
        self.chain = [hash16(b"fernspeak/chain/v1\0", conversation)]
        self.senders = [None]
        self.place = {NOTHING: 0}
        self.given: set[bytes] = set()
        self.numbers: set[tuple] = set()
        self.made: dict[bytes, int] = {}  # t to n, of what this device signed
        self.stored: dict[bytes, int] = {}  # t to the entry that completes it
        self.looked_for: set[bytes] = set()  # those whose entry was read
        self.told: dict[bytes, set] = {}  # t to each h that was claimed for it
        self.last: dict = {}  # sender to its highest number
        self.first: dict = {}  # sender to the place of its first message
        self.confirmed: dict = {}  # sender to the highest place that it agreed with
        self.dispute: dict = {}  # sender to (place, h) of its last placed claim that disagreed

    def judge(self, t: bytes, sender: object, n: int, seen: Optional[tuple[bytes, bytes]]) -> list[dict]:
        """Takes the next good frame of the log; gives what is to be told about it."""
        this = {"n": n, "t": t}
        if t in self.given:
            return [notice("replayed", sender, **this)]
        alien = sender == self.me and t not in self.made
        twice = (sender, n) in self.numbers
        self.given.add(t)
        self.numbers.add((sender, n))
        notices = [notice("cloned", sender, own=alien, **this)] if alien or twice else []
        if twice:
            return notices
        if not self.beginning:
            return [*notices, notice("unchecked", sender, **this)]
        last = self.last.get(sender, 0)
        if n <= last:
            return [*notices, notice("reordered", sender, why="number", **this)]
        if n > last + 1 and not self.are_own(sender, last + 1, n):
            notices.append(notice("missing", sender, why="number", first=last + 1, last=n - 1))
        if seen:
            notices += self.claim(sender, *seen)
        self.last[sender] = n
        self.append(t, sender)
        return notices

    def are_own(self, sender: object, first: int, following: int) -> bool:
        """True when each of these numbers is an own message that was answered as stored: read_to tells whether it came."""
        numbers = {self.made[t] for t in self.stored}
        return sender == self.me and all(n in numbers for n in range(first, following))

    def append(self, t: bytes, sender: object) -> None:
        self.place[t] = len(self.log)
        self.first.setdefault(sender, len(self.log))
        self.log.append(t)
        self.senders.append(sender)
        self.chain.append(hash16(self.chain[-1], t))

    def claim(self, sender: object, t: bytes, h: bytes) -> list[dict]:
        """Somebody says that the last message they had seen is t, and the chain there h. Also for an invite's seen."""
        if not self.beginning:
            return []
        if t not in self.place:
            self.dispute.pop(sender, None)
            told = self.told.setdefault(t, set())
            if h in told:
                return []
            forked = len(told) > 0
            told.add(h)
            if forked:
                return [notice("forked", sender, t=t)]
            return [notice("reordered" if t in self.given else "missing", sender, why="seen", t=t)]
        p = self.place[t]
        if self.chain[p] == h:
            self.dispute.pop(sender, None)
            self.confirmed[sender] = max(self.confirmed.get(sender, 0), p)
            return []
        disputed, disputed_h = self.dispute.get(sender, (math.inf, b""))
        self.dispute[sender] = (p, h)
        if disputed <= p and functools.reduce(hash16, self.log[disputed + 1 : p + 1], disputed_h) == h:
            return []  # the same other history, as far as it has come since
        return [notice("forked", sender, t=t)]

    def read_to(self, entry: int) -> list[dict]:
        """The log was read up to this entry: what is missing of the own messages that are stored until there."""
        due = [t for t, stored_at in self.stored.items() if stored_at <= entry and t not in self.looked_for]
        missing = [t for t in due if self.beginning and t not in self.given and t not in self.told]
        self.looked_for.update(due)
        for t in missing:
            self.told[t] = {None}
        return [notice("missing", self.me, why="own", n=self.made[t], t=t) for t in missing]

    def received(self, t: bytes) -> list:
        """Who is known to have the message t; empty without a place."""
        p = self.place.get(t, 0)
        return [
            sender
            for sender, first in self.first.items()
            if p > 0 and sender != self.senders[p] and first < p <= self.confirmed.get(sender, 0)
        ]


# --- Invites ---


class Invite(NamedTuple):
    secrets: Secrets
    inviter: bytes
    proof_secret: bytes
    seen: Optional[tuple[bytes, bytes]]
    address: str
    write_key: Optional[str]
    read_key: Optional[str]
    name: Optional[str]


CHANNEL = re.compile(r"https?://[^/?#@\s]+/channels/[1-9][0-9]{0,14}|file:.+\.csv", re.I)


def read_invite(link: str) -> Invite:
    """What a link says; ValueError with a code of the document for one that is refused."""
    found = re.fullmatch(r"(?:fernspeak:|https?://[^#]*#)(.+)", re.sub(r"\s", "", link), re.I)
    if not found:
        raise ValueError("not-an-invite")
    try:
        payload = from_base64url(found[1])
    except ValueError:
        raise ValueError("broken-invite") from None
    body, checksum = payload[:-4], payload[-4:]
    if len(body) < 3 or hashlib.sha256(b"fernspeak/invite/v1\0" + body).digest()[:4] != checksum:
        raise ValueError("broken-invite")
    version, kind, flags = body[:3]
    if version != 1 or kind != 1 or flags > 15:
        raise ValueError("newer-invite")
    rest = io.BytesIO(body[3:])

    def take(length: int) -> bytes:
        data = rest.read(length)
        if len(data) < length:
            raise ValueError("broken-invite")
        return data

    def take_text() -> str:
        return take(int.from_bytes(take(2), "big")).decode()

    try:
        conversation, key, inviter, proof_secret = take(16), take(32), take(32), take(16)
        seen = (take(16), take(16)) if flags & 1 else None
        address = take_text()
        write_key = take_text() if flags & 2 else None
        read_key = take_text() if flags & 4 else None
        name = take_text() if flags & 8 else None
    except UnicodeDecodeError:
        raise ValueError("broken-invite") from None
    if rest.read() or not CHANNEL.fullmatch(address):
        raise ValueError("broken-invite")
    secrets = Secrets(conversation, to_base64url(key, padded=True))
    return Invite(secrets, inviter, proof_secret, seen, address, write_key, read_key, name)


# --- Reading ---


class Message(NamedTuple):
    """A string of the log, opened and judged; what belongs to no string has no entry."""

    entry: Optional[int]
    frame: Optional[Frame]
    content: dict  # kind: text, hello, ack, newer; plain, readable, nothing for what is no frame
    notices: list[dict]


NO_CONTENT = {"kind": "nothing"}


def read_string(entry: int, string: str, secrets: Secrets) -> Message:
    def other(code: str, **content: object) -> Message:
        return Message(entry, None, content or NO_CONTENT, [notice(code, None)])

    if not looks_sealed(string):
        return other("not-sealed", kind="readable", body=string.encode("utf-8", "replace"))
    plaintext = open_token(secrets.key, string)
    if plaintext is None:
        return other("unreadable")
    try:
        frame = read_frame(secrets.conversation, plaintext)
    except Fault as fault:
        is_plain = str(fault) == "not-a-frame"
        return other("unsigned", kind="plain", body=plaintext) if is_plain else other("bad-signature")
    return Message(entry, frame, read_content(frame.header, frame.body), [])


def read(log: Iterable[Entry], secrets: Secrets, continuity: Continuity) -> Iterator[Message]:
    """The messages of a log in its order, with what is wrong with them."""
    verified = elsewhere = False
    for index, (entry, strings) in enumerate(join(log)):
        if index == 0 and entry.id > 1:
            continuity.beginning = False
        for string in strings:
            message = read_string(entry.id, string, secrets)
            if message.frame:
                verified = True
                yield message._replace(notices=continuity.judge(*message.frame[:4]))
            elif message.notices[0]["code"] != "bad-signature" or verified:
                yield message
            elif not elsewhere:
                elsewhere = True
                yield message._replace(notices=[notice("elsewhere", None)])
        for missing in continuity.read_to(entry.id):
            yield Message(None, None, NO_CONTENT, [missing])
