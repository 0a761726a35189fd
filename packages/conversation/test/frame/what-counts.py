"""What counts, from docs/protocol.md, with Python's cryptography: reads vectors/frames.json, tells each case that differs."""
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
# the y of the eight points whose order divides 8
ORDER_8 = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
SMALL_ORDER_Y = {0, 1, P - 1, *(int.from_bytes(bytes.fromhex(y), "little") for y in ORDER_8)}


def acceptable(point):
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return y < P and y not in SMALL_ORDER_Y


def fault_of(conversation_id, frame):
    if frame[:2] != b"\x00\x01":
        return "not-a-frame"
    if len(frame) < 145 or 145 + int.from_bytes(frame[139:141], "big") + int.from_bytes(frame[141:145], "big") > len(frame):
        return "length"
    if not 1 <= int.from_bytes(frame[98:106], "big") < 2**53:
        return "n"
    if not acceptable(frame[66:98]):
        return "from"
    if not acceptable(frame[2:34]):
        return "r"
    if int.from_bytes(frame[34:66], "little") >= L:
        return "s"
    try:
        key = Ed25519PublicKey.from_public_bytes(frame[66:98])
        key.verify(frame[2:66], b"fernspeak/frame/v1\x00" + conversation_id + frame[66:])
    except (InvalidSignature, ValueError):
        return "signature"
    return None


def t_of(conversation_id, frame):
    return hashlib.sha256(b"fernspeak/message/v1\x00" + conversation_id + frame[66:]).hexdigest()[:32]


with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)["frames"]
for case in cases:
    conversation_id, frame = bytes.fromhex(case["conversationId"]), bytes.fromhex(case["frame"])
    fault = fault_of(conversation_id, frame)
    t = None if fault else t_of(conversation_id, frame)
    if (fault, t) != (case["fault"], case.get("t")):
        print(f"{case['comment']}: {fault}, {t}")
print(f"{len(cases)} checked")
