"""The person at the keyboard: asked in words, answered in words; with --yes nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.cli.common import out, typed
from bot.errors import Mendable

_ATTEMPTS = 3


def _print(words: str) -> None:
    out.print(words, markup=False, highlight=False, soft_wrap=True)


class Nobody(Mendable):
    """An answer is needed, and nobody can give it."""


class Person:
    """Asks, and asks again where the answer does not do."""

    def __init__(
        self, ask: Callable[[str, bool], str] | None, say: Callable[[str], None] | None = None
    ) -> None:
        """`ask` gets a prompt and whether the answer is a secret; None where nothing may be asked."""
        self._ask = ask
        self.say = say or _print

    @staticmethod
    def at_the_keyboard(prompt: str, secret: bool) -> str:
        """Ask in the terminal; a secret is not shown."""
        try:
            return typed(prompt, secret)
        except (EOFError, Mendable) as end:
            raise Nobody(f"The input ended where an answer was needed: {prompt}") from end

    @property
    def there(self) -> bool:
        """Whether questions can be asked."""
        return self._ask is not None

    def ok(self, words: str) -> None:
        """Tell what is well already, or has been done."""
        self.say(f"✓ {words}")

    def ask(
        self,
        prompt: str,
        *,
        otherwise: str,
        secret: bool = False,
        check: Callable[[str], str | None] = lambda _: None,
    ) -> str:
        """An answer that `check` has nothing against; `otherwise` says what to do where nobody can be asked."""
        for _ in range(_ATTEMPTS):
            answer = self.hear(prompt, secret, otherwise)
            trouble = check(answer)
            if trouble is None:
                return answer
            self.say(f"✗ {trouble}")
        raise Nobody(f"That was wrong {_ATTEMPTS} times: {prompt}")

    def hear(self, prompt: str, secret: bool, otherwise: str) -> str:
        """Whatever is answered, tidied."""
        if self._ask is None:
            raise Nobody(otherwise)
        return self._ask(prompt, secret).strip()

    def agrees(self, question: str, *, usual: bool) -> bool:
        """Yes or no; the usual answer for Enter, and where nobody can be asked."""
        if self._ask is None:
            return usual
        answer = self._ask(f"{question} [{'Y/n' if usual else 'y/N'}]", False).strip().casefold()
        return usual if not answer else answer in ("y", "yes", "д", "да", "т", "так")

    def choose(self, question: str, options: Sequence[str], *, usual: int | None, otherwise: str) -> int:
        """The index of one of the options; `usual` is that for Enter, and where nobody can be asked."""
        if self._ask is None:
            if usual is None:
                raise Nobody(otherwise)
            return usual
        for number, option in enumerate(options, 1):
            self.say(f"  {number}  {option}")

        def check(answer: str) -> str | None:
            if answer == "" and usual is not None:
                return None
            fits = answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(options)
            return None if fits else f"Type a number from 1 to {len(options)}."

        hint = "" if usual is None else f" [{usual + 1}]"
        answer = self.ask(f"{question}{hint}", otherwise=otherwise, check=check)
        return usual if answer == "" and usual is not None else int(answer) - 1

    def ask_in_login(self, prompt: str, secret: bool) -> str:
        """As `bot.telegram.login` asks."""
        return self.hear(prompt.rstrip(": "), secret, _LOGIN)


_LOGIN = "The reading account must be signed in by a person: placewatch login. Then run the same again."
