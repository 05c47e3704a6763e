"""Telegram's errors in our words: what a person or the caller can do about each."""

from __future__ import annotations

from pathlib import Path

from telethon import errors

from bot.errors import Busy, NotUnderstood, Refused, SignedOut, Unavailable
from bot.languages import N_, Said
from bot.sessions import login_of

# The rest of the session is of no use: a person must act. {login} is what to type.
_ENDED = {
    "AUTH_KEY_DUPLICATED": N_(
        "Telegram ended the {account}'s session because its file was used from two machines at once. Keep "
        "a session file on one machine only, delete {session}, then {login}."
    ),
    "AUTH_KEY_UNREGISTERED": N_(
        "The {account} is not signed in, or its session was ended from another device: {login}."
    ),
    "AUTH_KEY_INVALID": N_(
        "Telegram does not know the {account}'s session any more: delete {session}, then {login}."
    ),
    "AUTH_KEY_PERM_EMPTY": N_(
        "Telegram does not know the {account}'s session any more: delete {session}, then {login}."
    ),
    "SESSION_REVOKED": N_("The {account}'s session was ended from another device: {login}."),
    "SESSION_EXPIRED": N_("The {account}'s session has expired: {login}."),
    "USER_DEACTIVATED": N_("Telegram has deactivated the {account}. Sign in to another one: {login}."),
    "USER_DEACTIVATED_BAN": N_(
        "Telegram has banned the {account}; write to recover@telegram.org, or use another one: {login}."
    ),
    "ACCESS_TOKEN_INVALID": N_(
        "Telegram does not know the bot's token. Copy it again from @BotFather into "
        "PLACEWATCH_TELEGRAM__BOT_TOKEN."
    ),
    "ACCESS_TOKEN_EXPIRED": N_(
        "The bot's token was revoked. Get the new one from @BotFather and put it into "
        "PLACEWATCH_TELEGRAM__BOT_TOKEN."
    ),
    "API_ID_INVALID": N_(
        "Telegram does not accept the pair of PLACEWATCH_TELEGRAM__API_ID and "
        "PLACEWATCH_TELEGRAM__API_HASH. Copy both from https://my.telegram.org/apps."
    ),
    "API_ID_PUBLISHED_FLOOD": N_(
        "This api_id is public and Telegram refuses it. Get your own from https://my.telegram.org/apps "
        "and set PLACEWATCH_TELEGRAM__API_ID and PLACEWATCH_TELEGRAM__API_HASH."
    ),
}

_WORDS = {
    "BOT_METHOD_INVALID": "A bot may not do this.",
    "CHANNEL_BANNED": "Telegram has taken the channel down.",
    "CHANNEL_INVALID": "The channel is gone, or this account can't address it any more.",
    "CHANNEL_MONOFORUM_UNSUPPORTED": "These are a channel's direct messages, which can't be followed.",
    "CHANNEL_PRIVATE": "The chat or channel is private, or the account was removed or banned from it.",
    "CHANNEL_PUBLIC_GROUP_NA": "The chat is not available to this account: it was made private or banned.",
    "CHAT_ADMIN_REQUIRED": "Only administrators may do this: make the bot an administrator, or let members write.",
    "CHAT_FORBIDDEN": "The account was removed from the chat: add it again.",
    "CHAT_GUEST_SEND_FORBIDDEN": "Only members may write in the chat: add the bot to it.",
    "CHAT_ID_INVALID": "There is no such chat. A group that became a supergroup has a new id: check PLACEWATCH_CHATS.",
    "CHAT_RESTRICTED": "Telegram has restricted the chat.",
    "CHAT_SEND_PLAIN_FORBIDDEN": "The chat does not let the bot send text: change the permissions of its members.",
    "CHAT_WRITE_FORBIDDEN": "The bot may not write in the chat: change the permissions of its members, or make the "
    "bot an administrator.",
    "INPUT_USER_DEACTIVATED": "That account was deleted.",
    "MESSAGE_EMPTY": "There is nothing to send.",
    "MESSAGE_TOO_LONG": "The message is longer than Telegram allows.",
    "MSG_ID_INVALID": "The message is gone.",
    "PEER_ID_INVALID": "The bot does not know the chat: add the bot to it and check the id in PLACEWATCH_CHATS.",
    "TOPIC_CLOSED": "The topic is closed: reopen it, or let the bot manage topics.",
    "TOPIC_DELETED": "The topic was deleted.",
    "USERNAME_INVALID": "That can't be a name of a channel.",
    "USERNAME_NOT_OCCUPIED": "Nobody has that name.",
    "USER_BANNED_IN_CHANNEL": "Telegram has limited the account for spam: ask @SpamBot.",
    "USER_DELETED": "That account was deleted.",
    "USER_IS_BLOCKED": "The person has blocked the bot: they must start it again.",
    "USER_NOT_PARTICIPANT": "The account is not in the chat: add it.",
}

_NAMES: dict[type[Exception], str] = {}
for _name, _class in errors.rpc_errors_dict.items():
    _NAMES.setdefault(_class, _name)

# Not an answer: asking again may help, and what was asked may have been done.
_PASSING = (
    errors.ServerError,
    errors.TimedOutError,
    errors.RpcCallFailError,
    errors.RpcMcgetFailError,
    errors.InterdcCallErrorError,
    errors.InterdcCallRichErrorError,
    errors.InvalidDCError,
)
_WAITS = (
    errors.FloodWaitError,
    errors.FloodPremiumWaitError,
    errors.SlowModeWaitError,
    errors.FloodTestPhoneWaitError,
)


class RpcRefused(Refused):
    """A refusal that keeps Telegram's own name for it, such as `CHAT_WRITE_FORBIDDEN`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{_WORDS.get(name, 'Telegram refuses.')} [{name}]")
        self.name = name


def rpc_name(error: Exception) -> str:
    """Telegram's name of an RPC error, such as `CHAT_WRITE_FORBIDDEN`."""
    return _NAMES.get(type(error)) or str(getattr(error, "message", None) or type(error).__name__)


def ends_session(error: BaseException) -> bool:
    """Whether the error means that this session or its settings will never work again."""
    if not isinstance(error, errors.RPCError):
        return False
    name = rpc_name(error)
    if name == "SESSION_PASSWORD_NEEDED":  # half way through signing in
        return False
    return name in _ENDED or name.startswith("AUTH_KEY") or isinstance(error, errors.UnauthorizedError)


def signed_out(error: Exception, *, bot: bool, session: Path) -> SignedOut:
    """Say what ended a session, and what to type."""
    name = rpc_name(error)
    words = _ENDED.get(
        name, N_("Telegram no longer accepts the {account}'s session: delete {session}, then {login}.")
    )
    login = (
        Said(N_("run `placewatch run` again"))
        if bot
        else Said(N_("type `{command}`"), command=login_of(session))
    )
    account = Said(N_("bot account") if bot else N_("watching account"))
    return SignedOut(
        N_("{words} [{name}]"),
        words=Said(words, account=account, session=session, login=login),
        name=name,
    )


def translate(error: BaseException, method: str) -> Exception:
    """What a failed request means to its caller: Busy, Unavailable (NotUnderstood among it), or Refused."""
    if isinstance(error, _WAITS):
        return Busy(method, float(max(error.seconds, 1)))
    if isinstance(error, errors.RandomIdDuplicateError):
        return RpcRefused(rpc_name(error))  # an answer, although Telegram numbers it as a fault
    if isinstance(error, errors.RPCError) and not isinstance(error, _PASSING):
        return RpcRefused(rpc_name(error))
    if isinstance(error, _PASSING):
        return Unavailable(f"{method}: Telegram has a fault of its own [{rpc_name(error)}]")
    if isinstance(error, errors.TypeNotFoundError):
        return NotUnderstood(f"{method}: the answer is of a newer Telegram than this version knows")
    return Unavailable(f"{method}: {str(error) or type(error).__name__}")
