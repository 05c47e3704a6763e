"""Pages of the form that Telegram's public preview has (TELEGRAM.md, 20), made from a list of posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape


@dataclass
class Shown:
    """A message as the page is to show it; `html` is its text as it stands in the page."""

    id: int
    at: datetime
    html: str = ""
    album: tuple[int, ...] = ()  # ids of the further parts
    media: str = ""  # HTML of what hangs on it
    reply: tuple[int, str] | None = None  # (id, its words)
    forward: tuple[str, str | None] | None = None  # (name, link)
    author: str | None = None
    views: str | None = "1.2K"
    edited: bool = False
    preview: tuple[str, str] | None = None  # title, description
    service: bool = False
    extra: str = field(default="", repr=False)

    @property
    def weight(self) -> int:
        """Telegram counts every photo of an album towards the 20 messages of a page."""
        return 1 + len(self.album)


PHOTO = (
    '<a class="tgme_widget_message_photo_wrap" href="https://t.me/{name}/{id}{single}" '
    "style=\"width:800px;background-image:url('https://cdn.example/p.jpg')\">"
    '<div class="tgme_widget_message_photo" style="padding-top:75%"></div></a>'
)
VIDEO = (
    '<a class="tgme_widget_message_video_player js-message_video_player" href="https://t.me/{name}/{id}">'
    '<i class="tgme_widget_message_video_thumb"></i><div class="tgme_widget_message_video_wrap">'
    '<video src="https://cdn.example/v.mp4" class="tgme_widget_message_video"></video></div>'
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
    '<div class="message_media_not_supported_label">Media is too big</div></div></div>'
    '<time class="message_video_duration js-message_video_duration">1:05</time></a>'
)
VOICE = (
    '<a class="tgme_widget_message_voice_player" href="https://t.me/{name}/{id}">'
    '<audio class="tgme_widget_message_voice" src="https://cdn.example/v.ogg"></audio>'
    '<time class="tgme_widget_message_voice_duration js-message_voice_duration">0:42</time></a>'
)
DOCUMENT = (
    '<a class="tgme_widget_message_document_wrap" href="https://t.me/{name}/{id}">'
    '<div class="tgme_widget_message_document_icon accent_bg"></div><div class="tgme_widget_message_document">'
    '<div class="tgme_widget_message_document_title accent_color" dir="auto">Сводка.pdf</div>'
    '<div class="tgme_widget_message_document_extra" dir="auto">113.9 KB</div></div></a>'
)
POLL = (
    '<div class="tgme_widget_message_poll js-poll"><div class="tgme_widget_message_poll_question">{question}</div>'
    '<div class="tgme_widget_message_poll_type">Anonymous poll</div>'
    '<div class="tgme_widget_message_poll_options">{options}</div></div>'
)
STICKER = (
    '<div class="tgme_widget_message_sticker_wrap media_supported_cont"><a href="https://t.me/addstickers/x">'
    '<i class="tgme_widget_message_sticker js-sticker_image" data-webp="https://cdn.example/s.webp"></i></a></div>'
)
UNSUPPORTED = (
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
    '<div class="message_media_not_supported_label">Please open Telegram to view this post</div></div></div>'
)
# Every message has this; browsers hide it.
_HIDDEN = '<div class="media_not_supported_cont">' + UNSUPPORTED + "</div>"


def poll(question: str, options: Sequence[str]) -> str:
    """A poll's HTML."""
    inside = "".join(
        '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">50%</div>'
        '<div class="tgme_widget_message_poll_option_value"><div class="tgme_widget_message_poll_option_text">'
        f"{escape(option)}</div></div></div>"
        for option in options
    )
    return POLL.format(question=escape(question), options=inside)


def block(name: str, title: str, post: Shown) -> str:
    """One message as it stands in the page."""
    kind = " service_message" if post.service else ""
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap{kind} js-widget_message" data-post="{name}/{post.id}" '
        'data-view="eyJjIjotMX0"><div class="tgme_widget_message_user"><a href="https://t.me/x"><i><img></i></a></div>'
        f'<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color">'
        f'<a class="tgme_widget_message_owner_name" href="https://t.me/{name}"><span dir="auto">{escape(title)}</span></a>'
        f"</div>{_forward(post)}{_reply(name, post)}{_media(name, post)}{_text(post)}{_preview(post)}{post.extra}{_HIDDEN}"
        f'<div class="tgme_widget_message_footer compact js-message_footer">{_footer(name, post)}</div></div></div></div>'
    )


def _forward(post: Shown) -> str:
    if post.forward is None:
        return ""
    name, link = post.forward
    inside = f'<span dir="auto">{escape(name)}</span>'
    tag = (
        f'<a class="tgme_widget_message_forwarded_from_name" href="{link}">{inside}</a>'
        if link
        else f'<span class="tgme_widget_message_forwarded_from_name">{inside}</span>'
    )
    return f'<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;{tag}</div>'


def _reply(name: str, post: Shown) -> str:
    if post.reply is None:
        return ""
    number, quoted = post.reply
    return (
        f'<a class="tgme_widget_message_reply user-color-default" href="https://t.me/{name}/{number}">'
        '<div class="tgme_widget_message_author accent_color"><span class="tgme_widget_message_author_name">X</span></div>'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{escape(quoted)}</div></a>'
    )


def _media(name: str, post: Shown) -> str:
    if not post.album:
        return post.media.replace("{name}", name).replace("{id}", str(post.id)).replace("{single}", "")
    parts = "".join(PHOTO.format(name=name, id=i, single="?single") for i in (post.id, *post.album))
    return (
        '<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap"><div class="tgme_widget_message_grouped">'
        f'<div class="tgme_widget_message_grouped_layer">{parts}</div></div></div>'
    )


def _text(post: Shown) -> str:
    if not post.html:
        return ""
    inside = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{post.html}</div>'
    if post.album:  # nested once more
        inside = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{inside}</div>'
    return inside


def _preview(post: Shown) -> str:
    if post.preview is None:
        return ""
    title, description = post.preview
    return (
        '<a class="tgme_widget_message_link_preview" href="https://example.org/"><i class="link_preview_image"></i>'
        f'<div class="link_preview_site_name accent_color" dir="auto">Example</div>'
        f'<div class="link_preview_title" dir="auto">{escape(title)}</div>'
        f'<div class="link_preview_description" dir="auto">{escape(description)}</div></a>'
    )


def _footer(name: str, post: Shown) -> str:
    views = f'<span class="tgme_widget_message_views">{post.views}</span>' if post.views else ""
    author = (
        f'<span class="tgme_widget_message_from_author" dir="auto">{escape(post.author)}</span>, '
        if post.author
        else ""
    )
    edited = "edited &nbsp;" if post.edited else ""
    return (
        f'<div class="tgme_widget_message_info short js-message_info">{views}<span class="copyonly"> views</span>'
        f'<span class="tgme_widget_message_meta">{author}{edited}'
        f'<a class="tgme_widget_message_date" href="https://t.me/{name}/{post.id}">'
        f'<time datetime="{post.at.isoformat(timespec="seconds")}" class="time">10:00</time></a></span></div>'
    )


def page(name: str, title: str, posts: Sequence[Shown], *, older: bool) -> str:
    """A whole page."""
    first = posts[0].id if posts else 0
    back = f'<link rel="prev" href="/s/{name}?before={first}">' if older else ""
    more = (
        f'<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{name}?before={first}" '
        f'class="tme_messages_more js-messages_more" data-before="{first}"></a></div>'
        if older
        else ""
    )
    inside = "".join(block(name, title, post) for post in posts) or (
        '<div class="tme_no_messages_found">No posts found</div>'
    )
    return (
        f'<!DOCTYPE html>\n<html class="theme_dark"><head><meta charset="utf-8"><title>{escape(title)} – Telegram</title>'
        f'<meta property="og:title" content="{escape(title)}">{back}<script>window.x = "<div>";</script></head>\n'
        f'<body class="widget_frame_base tgme_webpreview emoji_image"><header class="tgme_header">'
        f'<div class="tgme_channel_info_header_title"><span dir="auto">{escape(title)}</span></div>'
        f'<div class="tgme_channel_info_counter"><span class="counter_value">12.3K</span> '
        f'<span class="counter_type">subscribers</span></div></header><main class="tgme_main">'
        f'<section class="tgme_channel_history js-message_history">{more}{inside}</section></main></body></html>\n'
        "<!-- page generated in 31.4ms -->\n"
    )
