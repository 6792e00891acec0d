"""A page source as a small tree, for writers other than the layout engine. Reads only what our own templates write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset({"br", "col", "img", "meta", "link", "hr"})


@dataclass
class Element:
    """An element: its tag, attributes, and what it holds, texts and elements in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """The element's classes."""
        return frozenset(self.attributes.get("class", "").split())

    @property
    def elements(self) -> list[Element]:
        """The elements directly inside."""
        return [item for item in self.inside if isinstance(item, Element)]

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield the elements of some tags at any depth, in order."""
        for item in self.elements:
            if item.tag in tags:
                yield item
            yield from item.all(*tags)

    def first(self, tag: str) -> Element | None:
        """Return the first element of a tag at any depth."""
        return next(self.all(tag), None)

    @property
    def text(self) -> str:
        """All text, white space folded."""
        return " ".join("".join(_texts(self)).split(" ")).strip()


def read(source: str) -> Element:
    """Return the body of a page source."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.root.first("body") or reader.root


def texts(element: Element) -> Iterator[str]:
    """Yield the texts of the smallest blocks that hold text: headings, paragraphs, cells."""
    for block in element.all("h1", "h2", "h3", "h4", "p", "li", "th", "td", "figcaption", "caption"):
        if block.text and not any(True for _ in block.all("p", "li", "td")):
            yield block.text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in _EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in (element.tag for element in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def _texts(element: Element) -> Iterator[str]:
    for item in element.inside:
        if isinstance(item, str):
            yield item
        elif item.tag == "br":
            yield "\n"
        else:
            yield from _texts(item)
