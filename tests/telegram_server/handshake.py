"""The real key exchange (req_pq_multi, req_DH_params, set_client_DH_params), with fixed public numbers.

Nothing is generated: the RSA key is the test key, the prime is Telegram's well-known one, so a handshake
costs milliseconds. Source: core.telegram.org/mtproto/auth_key.
"""

import os
from hashlib import sha1

from telethon.crypto import AES, AuthKey
from telethon.extensions import BinaryReader
from telethon.helpers import generate_key_data_from_nonce
from telethon.tl import TLObject, functions, types

from . import rsa_key
from .wire import BadFrame

PRIME = int(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4db"
    "fa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64"
    "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b41"
    "0dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4"
    "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf"
    "6f4fadf034b10403119cd8e3b92fcc5b",
    16,
)
PRIME_BYTES = PRIME.to_bytes(256, "big")
GENERATOR = 3
PQ = 0x17ED48941A08F981  # the product of two primes that core.telegram.org uses as its example

REQUESTS = (functions.ReqPqMultiRequest, functions.ReqDHParamsRequest, functions.SetClientDHParamsRequest)


class Handshake:
    """One client's way to an auth key: feed it the plain requests, read `key` when it is done."""

    def __init__(self) -> None:
        self.key: AuthKey | None = None
        self._nonce = 0
        self._server_nonce = int.from_bytes(os.urandom(16), "little", signed=True)
        self._new_nonce = 0
        self._secret = int.from_bytes(os.urandom(32), "big")  # short: speed, not secrecy

    def answer(self, request: TLObject, now: int) -> TLObject:
        """Answer one step; BadFrame when the client broke the protocol."""
        if isinstance(request, functions.ReqPqMultiRequest):
            self._nonce = request.nonce
            pq = PQ.to_bytes(8, "big")
            return types.ResPQ(self._nonce, self._server_nonce, pq, [rsa_key.FINGERPRINT])
        if isinstance(request, functions.ReqDHParamsRequest):
            return self._dh_params(request, now)
        if isinstance(request, functions.SetClientDHParamsRequest):
            return self._finish(request)
        raise BadFrame(f"{type(request).__name__} in plain text")

    def _dh_params(self, request: functions.ReqDHParamsRequest, now: int) -> TLObject:
        data = rsa_key.decrypt(request.encrypted_data)
        with BinaryReader(data[20:]) as reader:
            inner = reader.tgread_object()
        if data[:20] != sha1(bytes(inner)).digest() or inner.server_nonce != self._server_nonce:  # noqa: S324  # the protocol's own hash
            raise BadFrame("req_DH_params does not belong to this handshake")
        self._new_nonce = inner.new_nonce
        g_a = pow(GENERATOR, self._secret, PRIME).to_bytes(256, "big")
        answer = bytes(
            types.ServerDHInnerData(self._nonce, self._server_nonce, GENERATOR, PRIME_BYTES, g_a, now)
        )
        answer = sha1(answer).digest() + answer  # noqa: S324  # the protocol's own hash
        answer += os.urandom(-len(answer) % 16)
        key, iv = generate_key_data_from_nonce(self._server_nonce, self._new_nonce)
        return types.ServerDHParamsOk(self._nonce, self._server_nonce, AES.encrypt_ige(answer, key, iv))

    def _finish(self, request: functions.SetClientDHParamsRequest) -> TLObject:
        key, iv = generate_key_data_from_nonce(self._server_nonce, self._new_nonce)
        data = AES.decrypt_ige(request.encrypted_data, key, iv)
        with BinaryReader(data[20:]) as reader:
            inner = reader.tgread_object()
        g_b = int.from_bytes(inner.g_b, "big")
        shared = pow(g_b, self._secret, PRIME)
        # Telethon keeps the key without leading zeros, and so must we to get the same hash.
        auth_key = AuthKey(shared.to_bytes((shared.bit_length() + 7) // 8, "big"))
        self.key = auth_key
        proof = auth_key.calc_new_nonce_hash(self._new_nonce, 1)
        return types.DhGenOk(self._nonce, self._server_nonce, proof)
