"""Signing in and out: code, password (SRP), bot token."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from telethon import password as srp
from telethon.tl import TLObject, functions, types

from tests.telegram_server.accounts import Account
from tests.telegram_server.errors import Refused
from tests.telegram_server.handshake import GENERATOR, PRIME, PRIME_BYTES

from .registry import answers

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call

CODE_HASH = "code-hash"
ALGORITHM = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
    salt1=b"salt one", salt2=b"salt two", g=GENERATOR, p=PRIME_BYTES
)


@answers(functions.auth.SendCodeRequest, signed_in=False)
def send_code(call: Call, request: functions.auth.SendCodeRequest) -> TLObject:
    _check_application(call, request.api_id, request.api_hash)
    account = _by_phone(call, request.phone_number)
    return types.auth.SentCode(types.auth.SentCodeTypeApp(len(account.code)), CODE_HASH)


@answers(functions.auth.ResendCodeRequest, signed_in=False)
def resend_code(call: Call, request: functions.auth.ResendCodeRequest) -> TLObject:
    account = _by_phone(call, request.phone_number)
    return types.auth.SentCode(types.auth.SentCodeTypeSms(len(account.code)), CODE_HASH)


@answers(functions.auth.SignInRequest, signed_in=False)
def sign_in(call: Call, request: functions.auth.SignInRequest) -> TLObject:
    account = _by_phone(call, request.phone_number)
    if request.phone_code_hash != CODE_HASH:
        raise Refused(400, "PHONE_CODE_EXPIRED")
    if request.phone_code != account.code:
        raise Refused(400, "PHONE_CODE_INVALID")
    if account.password is not None:
        call.authorization.pending = account
        raise Refused(401, "SESSION_PASSWORD_NEEDED")
    return _signed_in(call, account)


@answers(functions.account.GetPasswordRequest, signed_in=False)
def get_password(call: Call, _: functions.account.GetPasswordRequest) -> TLObject:
    account = call.authorization.pending or call.account
    if account is None:
        raise Refused(401, "AUTH_KEY_UNREGISTERED")
    common = {
        "new_algo": ALGORITHM,
        "new_secure_algo": types.SecurePasswordKdfAlgoUnknown(),
        "secure_random": b"",
    }
    if account.password is None:
        return types.account.Password(**common)
    secret = int.from_bytes(os.urandom(256), "big")
    public = (_multiplier() * _verifier(account.password) + pow(GENERATOR, secret, PRIME)) % PRIME
    srp_id = call.server.number()
    call.authorization.srp = (srp_id, secret, public)
    return types.account.Password(
        **common,
        has_password=True,
        current_algo=ALGORITHM,
        srp_B=public.to_bytes(256, "big"),
        srp_id=srp_id,
    )


@answers(functions.auth.CheckPasswordRequest, signed_in=False)
def check_password(call: Call, request: functions.auth.CheckPasswordRequest) -> TLObject:
    account, exchange, proof = call.authorization.pending, call.authorization.srp, request.password
    if account is None or account.password is None:
        raise Refused(401, "AUTH_KEY_UNREGISTERED")
    if exchange is None or proof.srp_id != exchange[0]:
        raise Refused(400, "SRP_ID_INVALID")
    if _expected_proof(account.password, exchange[1], exchange[2], proof.A) != proof.M1:
        raise Refused(400, "PASSWORD_HASH_INVALID")
    return _signed_in(call, account)


@answers(functions.auth.ImportBotAuthorizationRequest, signed_in=False)
def import_bot(call: Call, request: functions.auth.ImportBotAuthorizationRequest) -> TLObject:
    _check_application(call, request.api_id, request.api_hash)
    for account in call.server.accounts.values():
        if account.bot and account.token == request.bot_auth_token:
            return _signed_in(call, account)
    raise Refused(400, "ACCESS_TOKEN_INVALID")


@answers(functions.auth.LogOutRequest)
def log_out(call: Call, _: functions.auth.LogOutRequest) -> TLObject:
    call.authorization.sign_out()
    call.connection.wants_updates = False
    return types.auth.LoggedOut()


def _signed_in(call: Call, account: Account) -> TLObject:
    call.authorization.sign_in(account)
    return types.auth.Authorization(account.as_seen_by(account))


def _check_application(call: Call, api_id: int, api_hash: str) -> None:
    if (api_id, api_hash) != (call.server.api_id, call.server.api_hash):
        raise Refused(400, "API_ID_INVALID")


def _by_phone(call: Call, phone: str) -> Account:
    for account in call.server.accounts.values():
        if account.phone and account.phone == phone.lstrip("+"):
            return account
    raise Refused(400, "PHONE_NUMBER_INVALID")


def _multiplier() -> int:
    return int.from_bytes(sha256(PRIME_BYTES + srp.big_num_for_hash(GENERATOR)).digest(), "big")


def _verifier(password: str) -> int:
    return pow(GENERATOR, int.from_bytes(srp.compute_hash(ALGORITHM, password), "big"), PRIME)


def _expected_proof(password: str, secret: int, public: int, client_public: bytes) -> bytes:
    """M1 as core.telegram.org/api/srp defines it, from the server's side."""
    ours = public.to_bytes(256, "big")
    scramble = int.from_bytes(sha256(client_public + ours).digest(), "big")
    base = int.from_bytes(client_public, "big") * pow(_verifier(password), scramble, PRIME)
    shared = pow(base, secret, PRIME).to_bytes(256, "big")
    generator = sha256(srp.big_num_for_hash(GENERATOR)).digest()
    return sha256(
        srp.xor(sha256(PRIME_BYTES).digest(), generator)
        + sha256(ALGORITHM.salt1).digest()
        + sha256(ALGORITHM.salt2).digest()
        + client_public
        + ours
        + sha256(shared).digest()
    ).digest()


@answers(functions.auth.ExportAuthorizationRequest)
def export_authorization(call: Call, request: functions.auth.ExportAuthorizationRequest) -> TLObject:
    """A proof with which the account may fetch files from another data centre."""
    if request.dc_id not in call.server.other_dcs:
        raise Refused(400, "DC_ID_INVALID")
    assert call.account is not None
    number, proof = call.server.number(), os.urandom(16)
    call.server.exported[number] = (proof, call.account, request.dc_id)
    return types.auth.ExportedAuthorization(number, proof)


@answers(functions.auth.ImportAuthorizationRequest, signed_in=False)
def import_authorization(call: Call, request: functions.auth.ImportAuthorizationRequest) -> TLObject:
    proof, account, dc_id = call.server.exported.pop(request.id, (b"", None, 0))
    if account is None or proof != request.bytes:
        raise Refused(400, "AUTH_BYTES_INVALID")
    call.authorization.sign_in(account)
    call.authorization.dc_id = dc_id
    return types.auth.Authorization(account.as_seen_by(account))
