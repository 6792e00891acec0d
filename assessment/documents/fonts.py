"""Which fonts a document uses on this machine, and whether they hold every character of it.

A glyph that no declared font holds sends the layout engine through all fonts of the machine, up to a minute, and prints a box.
So the question is asked before layout, of fontconfig, whose character sets are the ones the layout engine uses.
"""

from __future__ import annotations

import os
import subprocess
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from tanping.records.errors import InputError, Problem, Where

GETA = "〓"
PACKAGE = "fonts-noto-cjk"

# Each role: official typefaces first, free ones last. The first family found stands before the base families.
_ROLES = {
    "fangsong": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "FZFangSong-Z02", "FandolFang R"),
    "song": ("SimSun", "宋体", "NSimSun", "STSong", "FZShuSong-Z01"),
    "hei": ("SimHei", "黑体", "STHeiti", "FZHei-B01"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "FandolKai", "AR PL UKai CN"),
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "方正小标宋简体", "STZhongsong"),
}
_SANS_ROLES = frozenset({"hei"})
_SERIF = (
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "思源宋体",
    "SimSun",
    "宋体",
)
_SANS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "思源黑体",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
)


class FontsMissing(InputError):  # noqa: N818 (the words of the person who must mend it)
    """No font of this machine can set a Chinese document, or its own fixed text."""

    def __init__(self, what: str):
        super().__init__(
            Problem(
                Where("字体"),
                "",
                what,
                f"先安装中文字体：Debian/Ubuntu 执行 apt-get install -y {PACKAGE}，其他系统安装 Noto Serif CJK SC 与 Noto Sans CJK SC",
            )
        )


@dataclass(frozen=True)
class Coverage:
    """The characters some fonts hold together, as sorted ranges of code points (both ends included)."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        place = bisect_right(self.starts, code) - 1
        return place >= 0 and code <= self.ends[place]

    def missing(self, characters: Iterable[str]) -> list[str]:
        """Return the distinct characters that are not held, by code point; line breaks and tabs need no glyph."""
        return sorted(c for c in set(characters) if c not in "\n\r\t" and c not in self)


@dataclass(frozen=True)
class Fonts:
    """The families of this machine by role, each a CSS stack that ends in the base families."""

    stacks: dict[str, tuple[str, ...]]
    serif: str
    sans: str
    elsewhere: bool = False

    @property
    def coverage(self) -> Coverage:
        """What the base families hold together; asked once. Everything, where the reader's machine chooses."""
        return Coverage((0,), (0x10FFFF,)) if self.elsewhere else coverage_of((self.serif, self.sans))

    @property
    def families(self) -> tuple[str, ...]:
        """Every family a document may use, the base families first."""
        return tuple(
            dict.fromkeys((self.sans, self.serif, *(name for stack in self.stacks.values() for name in stack)))
        )

    def style(self, sheet: str) -> str:
        """Put this machine's families into a style sheet, for ``var(--font-<role>)``.

        Done here and not by custom properties, which every element would inherit and resolve anew.
        """
        for role, stack in self.stacks.items():
            sheet = sheet.replace(f"var(--font-{role})", ", ".join(map(_quoted, stack)))
        return sheet

    def require(self, characters: Iterable[str]) -> None:
        """Refuse to go on when a character of a document's own fixed text has no glyph. Raises FontsMissing."""
        if lacking := self.coverage.missing(characters):
            raise FontsMissing(f"现有中文字体缺 {len(lacking)} 个版式必需的字符：{describe(lacking)}")


@lru_cache(maxsize=1)
def installed() -> Fonts:
    """Return the fonts of this machine. Raises FontsMissing when there is no Chinese font or no fontconfig."""
    families = _families()
    serif = next((name for name in _SERIF if name in families), None)
    sans = next((name for name in _SANS if name in families), None)
    if serif is None and sans is None:
        raise FontsMissing("这台机器上没有可用的中文字体，不能排版，未生成文件")
    serif, sans = serif or sans or "", sans or serif or ""
    stacks = {role: _stack(role, wanted, families, serif, sans) for role, wanted in _ROLES.items()}
    return Fonts(stacks, serif, sans)


@lru_cache(maxsize=1)
def of_the_reader() -> Fonts:
    """Return families for a Word file or a web page: the reader's machine sets the text, so this one need not have any font."""
    stacks = {
        role: tuple(dict.fromkeys((*wanted, *(_SANS if role in _SANS_ROLES else _SERIF))))
        for role, wanted in _ROLES.items()
    }
    return Fonts(stacks, _SERIF[0], _SANS[0], elsewhere=True)


@lru_cache(maxsize=8)
def coverage_of(families: tuple[str, ...]) -> Coverage:
    """Return what the regular styles of ``families`` hold together."""
    told = (_ask(f":family={family}:style=Regular", "charset") for family in dict.fromkeys(families))
    words = {word for text in told for word in text.split()}  # the faces of a family hold much the same
    return merged(map(_range, words))


def merged(ranges: Iterable[tuple[int, int]]) -> Coverage:
    """Join ranges that touch or overlap."""
    joined: list[list[int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return Coverage(tuple(pair[0] for pair in joined), tuple(pair[1] for pair in joined))


def only(families: Iterable[str]) -> str:
    """Return a fontconfig configuration: the machine's own, and of its fonts these families alone.

    A document needs no others, and the layout engine has all the fonts it knows sorted for each size it meets.
    """
    own = os.environ.get("FONTCONFIG_FILE", "fonts.conf")
    patterns = "".join(
        f'<pattern><patelt name="family"><string>{escape(family)}</string></patelt></pattern>' for family in families
    )
    return (
        f'<?xml version="1.0"?><fontconfig><include ignore_missing="yes">{escape(own)}</include><selectfont>'
        f"<acceptfont>{patterns}</acceptfont><rejectfont><pattern/></rejectfont></selectfont></fontconfig>"
    )


def describe(characters: Iterable[str], most: int = 12) -> str:
    """Name characters for a reader: the visible ones as such, all by code point."""
    listed = list(characters)
    names = [f"{c}（U+{ord(c):04X}）" if c.isprintable() else f"U+{ord(c):04X}" for c in listed[:most]]
    return "、".join(names) + ("等" if len(listed) > most else "")


def _stack(role: str, wanted: Iterable[str], families: frozenset[str], serif: str, sans: str) -> tuple[str, ...]:
    found = next((name for name in wanted if name in families), None)
    base = (sans, serif) if role in _SANS_ROLES else (serif, sans)
    return tuple(dict.fromkeys(name for name in (found, *base) if name))


def _families() -> frozenset[str]:
    listed = _ask("", "family").replace("\\-", "-")
    return frozenset(name.strip() for line in listed.splitlines() for name in line.split(","))


def _ask(pattern: str, element: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (our own words)
            ["fc-list", "--format", f"%{{{element}}}\n", pattern],  # noqa: S607 (found on the path of the machine)
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise FontsMissing("查询不到系统字体（缺 fontconfig 的 fc-list 命令），不能排版，未生成文件") from error
    return done.stdout


def _range(word: str) -> tuple[int, int]:
    start, _, end = word.partition("-")
    return int(start, 16), int(end or start, 16)


def _quoted(family: str) -> str:
    return '"' + family.replace("\\", "").replace('"', "") + '"'
