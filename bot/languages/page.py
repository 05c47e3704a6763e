"""The review page's words in a reader's language."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from bot.languages.catalogue import texts


def page_words(code: str) -> dict[str, object]:
    """What a template needs to be in that language: put it into the context of every page.

    The i18n extension of jinja2 (with `newstyle`) looks for `gettext` and `ngettext` in the context, for
    `{{ _("…") }}` as for `{% trans %}`: one environment serves readers of all languages at once.
    """
    own = _Filled(texts(code))
    return {"gettext": own.gettext, "ngettext": own.ngettext, "language": code}


class _Filled:
    """Translates and fills in; what is filled in is escaped where the template escapes."""

    def __init__(self, texts: NullTranslations) -> None:
        self._texts = texts

    @pass_context
    def gettext(self, context: Context, text: str, /, **values: Any) -> str:
        return _fill(context, self._texts.gettext(text), values)

    @pass_context
    def ngettext(self, context: Context, one: str, many: str, number: int, /, **values: Any) -> str:
        return _fill(context, self._texts.ngettext(one, many, number), {"num": number, **values})


def _fill(context: Context, text: str, values: dict[str, Any]) -> str:
    # A translation is ours and may have markup, as the text in the template has.
    return (Markup(text) if context.eval_ctx.autoescape else text) % values  # noqa: S704
