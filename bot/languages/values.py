"""Words of our records that are shown as they are stored: each is translated where it is shown."""

from __future__ import annotations

from typing import Final

from bot.languages.words import N_

SHOWN: Final = (
    # kinds of mention
    N_("name"),
    N_("direction"),
    N_("district"),
    N_("region"),
    N_("adjective"),
    # how a post joined a story
    N_("original"),
    N_("forward"),
    N_("copy"),
    N_("near copy"),
    # verdicts of reviews
    N_("relevant"),
    N_("not relevant"),
    N_("second look"),
    N_("needs a second look"),
    N_("not this place"),
    # priorities of channels
    N_("high"),
    N_("normal"),
    N_("low"),
    # how official a channel is
    N_("official"),
    N_("affiliated"),
    N_("media"),
    N_("observer"),
    # kinds of media
    N_("photo"),
    N_("video"),
    N_("voice"),
    N_("audio"),
    N_("document"),
    N_("animation"),
    N_("sticker"),
    N_("poll"),
    N_("web page"),
    N_("location"),
    N_("contact"),
)
