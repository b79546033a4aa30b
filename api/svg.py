"""
Parts of drawings that pages hold: SVG as safe markup.

All texts go through `Markup.format`, which escapes them; looks come from classes of `static/answers.css`, because the
content security policy admits no style in a page.
"""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

# What a sign takes at 13 pixels of the page's font, in the mean; Cyrillic is a little wider than Latin.
SIGN_WIDTH: Final = 8.0
_CUT = "…"
# Controls but white space, soft hyphens, marks of direction, joiners.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)

# Signs that no XML document may hold (XML 1.0, 2.2); pages hold them.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(svg: str) -> str:
    """The document with U+FFFD for each sign that XML forbids."""
    return _NOT_XML.sub("\ufffd", svg)


def cut(text: str, width: float) -> str:
    """The text as far as it fits into `width` pixels, on one line; marks of direction and controls are left out."""
    signs = max(int(width / SIGN_WIDTH), 1)
    plain = " ".join(_UNSEEN.sub("", text).split())
    return plain if len(plain) <= signs else plain[: signs - 1].rstrip(" ,;:–—-«(") + _CUT


def drawing(*, name: str, title: str, description: str, width: float, height: float, content: Markup) -> Markup:
    """
    An `svg` element with accessible title and description; ids in it begin with `name`.

    It is a group and not an image, since links in it can be reached.
    """
    return Markup(
        '<svg class="drawing" xmlns="http://www.w3.org/2000/svg" role="group" aria-labelledby="{name}-title"'
        ' aria-describedby="{name}-description" viewBox="0 0 {width:g} {height:g}"'
        ' width="{width:g}" height="{height:g}">'
        '<title id="{name}-title">{title}</title><desc id="{name}-description">{description}</desc>{content}</svg>'
    ).format(name=name, title=title, description=description, width=width, height=height, content=content)


def linked(address: str | None, content: Markup) -> Markup:
    """The content as a link, if there is an address."""
    return Markup('<a href="{}">{}</a>').format(address, content) if address else content
