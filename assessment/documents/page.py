"""Paper and type of a document, shared by the PDF style sheets' twins in Word."""

from __future__ import annotations

from dataclasses import dataclass

SONG, HEI, KAI, FANGSONG = "宋体", "黑体", "楷体", "仿宋"


@dataclass(frozen=True)
class Page:
    """Margins in millimetres, body size and leading in points; ``running`` is the line at the head of each page but a ``cover``.

    ``official`` is the layout of GB/T 9704: 22 lines of 28 characters, headings 一、黑体 （一）楷体, page numbers in 宋体.
    """

    top: float = 29
    right: float = 25
    bottom: float = 26
    left: float = 27
    body: float = 11.5
    leading: float = 20
    font: str = SONG
    running: str = ""
    cover: bool = False
    landscape: bool = False
    official: bool = False

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height of the sheet."""
        return (297, 210) if self.landscape else (210, 297)

    @property
    def width(self) -> float:
        """Width of the text."""
        return self.paper[0] - self.left - self.right


REPORT = Page(cover=True)
SHEET = Page()
TABLE = Page(top=24, right=18, bottom=20, left=20, body=10.5, leading=17, landscape=True)
OFFICIAL = Page(top=37, right=26, bottom=35, left=28, body=15.75, leading=28.95, font=FANGSONG, official=True)
