# SPDX-License-Identifier: GPL-3.0-or-later
"""Every link inside the documentation site leads to a file, and to a place within it. Links to other sites are looked at for their form only.

Usage: check_site.py FOLDER
"""

from __future__ import annotations

import html.parser
import pathlib
import sys
import urllib.parse

LINKS = {"href", "src", "srcset", "data", "action", "poster"}


class Page(html.parser.HTMLParser):
    """The links of a page, and the places that a link can lead to."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.places = {"", "top"}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" or (name == "name" and tag == "a"):
                self.places.add(value or "")
            elif name in LINKS:
                self.links.append(value or "")


def complaint(link: str, path: pathlib.Path, pages: dict[pathlib.Path, Page]) -> str | None:
    """What is wrong with a link on the page at ``path``."""
    parts = urllib.parse.urlsplit(link)
    if parts.scheme or parts.netloc:
        return None if parts.scheme == "https" and parts.hostname or parts.scheme in ("mailto", "data") else "not https"
    target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return "no such file"
    if target in pages and urllib.parse.unquote(parts.fragment) not in pages[target].places:
        return "no such place"
    return None


def main() -> None:
    folder = pathlib.Path(sys.argv[1]).resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    wrong = [
        "%s: %s: %s" % (path.relative_to(folder), link, found)
        for path, page in pages.items()
        for link in dict.fromkeys(page.links)
        if (found := complaint(link, path, pages))
    ]
    links = sum(len(page.links) for page in pages.values())
    if not links or wrong:
        sys.exit("\n".join(wrong or ["no links in %s" % folder]))
    print("%d links of %d pages lead somewhere" % (links, len(pages)))


if __name__ == "__main__":
    main()
