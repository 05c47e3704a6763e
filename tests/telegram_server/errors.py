"""The refusals of Telegram, as answers to one request."""


class Refused(Exception):
    """A request is answered with an RPC error: `Refused(400, "PEER_ID_INVALID")`."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text
