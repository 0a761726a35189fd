"""The article's sender: asks for a message and a key, seals the message, writes it to the channel.

Kept as the article has it, weaknesses included (docs/from-the-article.md says what they are and what
fernspeak does instead), so that you can see the two talk: `fernspeak receive CHANNEL --kdf article`.
Needs Python 3 with `cryptography`. Put your own channel in the next three lines.
"""

HOST = "https://api.thingspeak.com"
CHANNEL = 1
WRITE_KEY = "PUTYOURWRITEKEYS"

import base64
import urllib.request

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

message = input("Message: ")
password = input("Key: ")

derivation = PBKDF2HMAC(algorithm=hashes.SHA256(), length=32, salt=b"salt_", iterations=100000)
key = base64.urlsafe_b64encode(derivation.derive(password.encode()))

sealed = str(Fernet(key).encrypt(message.encode()))  # of the bytes object: b'gAAAAA…', quotes and all
print("Encrypted, for reference:", sealed)

urllib.request.urlopen(HOST + "/update?api_key=" + WRITE_KEY + "&field1=" + sealed)
print("Sent.")
