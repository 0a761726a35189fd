"""Checks the keys of vectors/keys.json with Python's hashlib and the package cryptography alone."""

import base64, hashlib, hmac, json, re, sys, unicodedata

try:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
except ImportError:  # older than 44
    Argon2id = None


def hkdf(secret, info):
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def fernspeak(secret, place):
    text = re.sub(r"[\s\ufeff]+", " ", unicodedata.normalize("NFKC", secret)).strip()
    salt = hashlib.sha256(("fernspeak/salt/v1" + place).encode()).digest()[:16]
    stretched = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536).derive(text.encode())
    return hkdf(stretched, b"fernspeak/passphrase/v1")


def article(secret):
    return hashlib.pbkdf2_hmac("sha256", secret.encode(), b"salt_", 100000, 32)


def is_key(secret):
    try:
        decoded = base64.urlsafe_b64decode(secret)
    except ValueError:
        return False
    return len(decoded) == 32 and base64.urlsafe_b64encode(decoded).decode() == secret


agree = skipped = 0
for case in json.load(open(sys.argv[1])):
    if is_key(case["secret"]):
        key = case["secret"]
    elif case["kdf"] == "article":
        key = base64.urlsafe_b64encode(article(case["secret"])).decode()
    elif Argon2id is None:
        skipped += 1
        continue
    else:
        key = base64.urlsafe_b64encode(fernspeak(case["secret"], case["place"])).decode()
    assert key == case["key"], case["comment"]
    agree += 1
print(f"{agree} agree, {skipped} need Argon2id")
