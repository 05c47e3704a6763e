"""What Telegram's menu offers, by language; what changes things is offered to administrators only."""

from __future__ import annotations

from typing import Final

# name, then what it does in English, Ukrainian, Russian; "!" marks commands that change things
_MENU: Final = """
watch! | NAME: tell us when a place is mentioned | НАЗВА: повідомляти про згадки місця | НАЗВАНИЕ: сообщать об упоминаниях места
unwatch! | NAME: stop telling us about a place | НАЗВА: більше не повідомляти про місце | НАЗВАНИЕ: больше не сообщать о месте
places | what we watch, and how | за чим ми стежимо і як | за чем мы следим и как
follow! | LINK: read a public channel | ПОСИЛАННЯ: читати публічний канал | ССЫЛКА: читать публичный канал
unfollow! | NAME: stop reading a channel | НАЗВА: більше не читати канал | НАЗВАНИЕ: больше не читать канал
channels | which channels are read, and how well | які канали читаємо і як вдається | какие каналы читаем и как получается
label! | @name …: say who speaks in a channel | @назва …: сказати, хто говорить у каналі | @название …: сказать, кто говорит в канале
latest | [PLACE]: newest statements about our places | [МІСЦЕ]: найновіші заяви про наші місця | [МЕСТО]: новейшие заявления о наших местах
search | WORDS: newest posts with these words, in any ending | СЛОВА: дописи з цими словами, у будь-якій формі | СЛОВА: посты с этими словами, в любой форме
digest | [now, daily 08:00, off]: what was said, place by place | [now, daily 08:00, off]: що було сказано, за місцями | [now, daily 08:00, off]: что было сказано, по местам
quiet! | 23:00-07:00 [hold, silent, urgent]: quiet hours here | 23:00-07:00 [hold, silent, urgent]: тихі години тут | 23:00-07:00 [hold, silent, urgent]: тихие часы здесь
mute! | 2h: hold everything for a while | 2h: притримати все на деякий час | 2h: придержать всё на некоторое время
updates! | silent, loud, off: replies about edits, deletions, other sides | silent, loud, off: відповіді про правки, видалення, інші сторони | silent, loud, off: ответы о правках, удалениях, других сторонах
pause! | tell nothing here until /resume | нічого тут не повідомляти до /resume | ничего здесь не сообщать до /resume
resume! | go on telling | знову повідомляти | снова сообщать
timeline | PLACE [7d]: how often, who first, by whom | МІСЦЕ [7d]: як часто, хто перший, ким | МЕСТО [7d]: как часто, кто первым, кем
post | LINK: a whole post with its edits | ПОСИЛАННЯ: весь допис із правками | ССЫЛКА: весь пост с правками
why | (in reply to an alert): why was this told? | (у відповідь на сповіщення): чому про це сказано? | (в ответ на сообщение): почему об этом сказано?
export | [PLACE] [7d]: statements as a file | [МІСЦЕ] [7d]: заяви файлом | [МЕСТО] [7d]: заявления файлом
attest | the ledger's head: proof of what was kept until now | відбиток архіву: доказ того, що збережено досі | отпечаток архива: доказательство того, что сохранено до сих пор
archive | your link to the review page | ваше посилання на сторінку архіву | ваша ссылка на страницу архива
status | is everything running? | чи все працює? | всё ли работает?
test | a sample alert, to see that it arrives | пробне сповіщення: чи доходить | пробное сообщение: доходит ли
language! | [en, uk, ru]: the language of this chat | [en, uk, ru]: мова цього чату | [en, uk, ru]: язык этого чата
help | all commands | усі команди | все команды
cancel | forget what I asked you | забути, про що я питав | забыть, о чём я спрашивал
"""

LANGUAGES: Final = ("en", "uk", "ru")


def _rows() -> list[tuple[str, bool, list[str]]]:
    rows = []
    for line in _MENU.strip().splitlines():
        name, *words = (part.strip() for part in line.split("|"))
        rows.append((name.rstrip("!"), name.endswith("!"), words))
    return rows


_ROWS: Final = _rows()


def menu(language: str) -> list[tuple[str, str]]:
    """(name, what it does) in a language, in the menu's order."""
    at = LANGUAGES.index(language)
    return [(name, words[at]) for name, _, words in _ROWS]


MENU: Final = tuple(menu("en"))
"""(name, what it does) in English, in the menu's order."""


def menus(default: str = "en") -> dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """By the language of a member's own Telegram: what administrators are offered, and what other members are.

    "" is every language that has no menu of its own: these members see `default`.
    """
    shown = {"": default} | {
        language: language for language in LANGUAGES if language != "en" or default != "en"
    }
    return {
        client: (
            menu(language),
            [row for row, (_, edits, _) in zip(menu(language), _ROWS, strict=True) if not edits],
        )
        for client, language in shown.items()
    }
