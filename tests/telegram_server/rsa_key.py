"""The RSA test key of the local server. It protects nothing: both halves are public on purpose.

The public half is `test_key.pem` (PKCS1, as `telethon.crypto.rsa.add_key(pem, old=False)` reads it).
"""

from pathlib import Path

from rsa import PublicKey
from telethon.crypto.rsa import _compute_fingerprint

PUBLIC_KEY_PATH = Path(__file__).with_name("test_key.pem")
PUBLIC_KEY = PublicKey.load_pkcs1(PUBLIC_KEY_PATH.read_bytes())
FINGERPRINT: int = _compute_fingerprint(PUBLIC_KEY)

# A TEST key, generated for this folder alone; never use it for anything else.
TEST_PRIVATE_EXPONENT = int(
    "472592946c5be58fdea994b0c37d6ef4ecba1fae1af5121f9f48f370d07065d7f7db07a6584d53f16fe4356f"
    "616e851e99662adab76e8cdff5783705d56e124e5e945e265dbb34943ac7e628036144868765517d70d89609"
    "0be8bda4d074c9fda89b79751a3470a7ff22bd8e55cff17b77a602c437e20d74a7b12e414c714822be6bb4e9"
    "85f0398b1226ccc8dcefe02e07c2992cdf33bee27ea77909bedc5026de1c8f3e27c33cc05e2867a1946ea6cb"
    "4048501e5caec22f19c86c834e5688e9c7a18ea07c29f461dce879622da55f1ed2eae1bc11f63d493dc472f9"
    "3d625f893f5aad0821747283fd7d47f78e208072a3db91eef7eb8fe575b4709f85712481",
    16,
)


def decrypt(block: bytes) -> bytes:
    """Give back the 255 bytes that a client encrypted with the public half."""
    number = pow(int.from_bytes(block, "big"), TEST_PRIVATE_EXPONENT, PUBLIC_KEY.n)
    return number.to_bytes(255, "big")
