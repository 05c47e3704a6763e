"""A program at a terminal of its own, and somebody who reads what it shows and types."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import struct
import termios
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_PAINT = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")


class Terminal:
    """What a program shows, and a way to type into it."""

    def __init__(self, master: int, process: asyncio.subprocess.Process) -> None:
        self._master = master
        self._process = process
        self._raw = b""
        self._seen = 0
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        with suppress(OSError):  # the other side is closed
            self._raw += os.read(self._master, 65536)
            return
        asyncio.get_running_loop().remove_reader(self._master)

    @property
    def shown(self) -> str:
        """Everything so far, without colours."""
        return _PAINT.sub("", self._raw.decode(errors="replace")).replace("\r\n", "\n").replace("\r", "\n")

    async def until(self, words: str, seconds: float = 60) -> None:
        """Wait until the program shows these words after what was waited for before."""
        try:
            async with asyncio.timeout(seconds):
                over = False
                while (at := self.shown.find(words, self._seen)) < 0:
                    if over:
                        raise AssertionError(f"it ended before it said {words!r}:\n{self.shown}")
                    over = self._process.returncode is not None
                    await asyncio.sleep(0.05)  # its last words may still be on their way
        except TimeoutError:
            raise AssertionError(f"it did not say {words!r}:\n{self.shown}") from None
        self._seen = at + len(words)

    def type(self, words: str) -> None:
        """Type a line."""
        os.write(self._master, words.encode() + b"\n")

    async def answer(self, prompt: str, words: str) -> None:
        """Wait for a question, and answer it."""
        await self.until(prompt)
        self.type(words)

    def interrupt(self) -> None:
        """Ctrl-C."""
        os.write(self._master, b"\x03")

    async def ended(self, seconds: float = 60) -> int:
        """Wait for the program's end; its status."""
        async with asyncio.timeout(seconds):
            status = await self._process.wait()
        await asyncio.sleep(0.05)
        self._read()
        return status


@asynccontextmanager
async def at_terminal(*command: str, folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Terminal]:
    """Run a program at a terminal; it is ended with the context."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 110, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**environment, "TERM": "dumb"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    terminal = Terminal(master, process)
    try:
        yield terminal
    finally:
        asyncio.get_running_loop().remove_reader(master)
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(master)
