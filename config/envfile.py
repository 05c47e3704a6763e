"""Reads `.env`; whatever can't be read becomes a problem, never a traceback."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from config.problems import Problem


def read(path: Path | None) -> tuple[dict[str, str], list[Problem]]:
    """The variables of the file, and what is wrong with it. No path or no file: no variables, no problem.

    Values are taken as they are typed: nothing is expanded in them, quotation marks around them are dropped.
    """
    if path is None:
        return {}, []
    again = f"Write it again: copy .env.example to {path} and fill it in, as plain text in UTF-8."
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}, []
    except UnicodeDecodeError:
        return {}, [Problem(str(path), "is not text in UTF-8", again)]
    except OSError as error:
        mend = "Make it a file that this account can read, or remove it."
        return {}, [Problem(str(path), f"can't be read ({error.strerror})", mend)]
    variables, problems = {}, []
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            raw = binding.original.string
            line = binding.original.line + raw[: len(raw) - len(raw.lstrip())].count("\n")
            problems.append(Problem(str(path), f"line {line} is not NAME=value", again))
        elif binding.key is not None and binding.value is not None:
            variables[binding.key] = binding.value
    return variables, problems
