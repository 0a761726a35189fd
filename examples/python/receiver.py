"""The article's receiver: asks for the key, downloads the channel's history, opens its last message.

Kept as the article has it (docs/from-the-article.md says what fernspeak does instead), so that you can see
the two talk: `fernspeak send CHANNEL --kdf article`. Needs Python 3 with `cryptography`.
Put your own channel in the next two lines.
"""

HOST = "https://api.thingspeak.com"
CHANNEL = 1

import base64
import csv
import io
import urllib.request

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

password = input("Key: ")

derivation = PBKDF2HMAC(algorithm=hashes.SHA256(), length=32, salt=b"salt_", iterations=100000)
key = base64.urlsafe_b64encode(derivation.derive(password.encode()))

history = urllib.request.urlopen(HOST + "/channels/" + str(CHANNEL) + "/field/1.csv").read().decode()
column = []
for row in csv.reader(io.StringIO(history)):
    column.append(row[2])

token = column[-1][2:-1]  # without the b' in front and the ' behind
print(Fernet(key).decrypt(token.encode()).decode())
