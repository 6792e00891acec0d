"""From the word in a project file to an item of the register: 烟煤 → fuel.bituminous_coal."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from tanping.assessment.accounting.words import Words
from tanping.factors.register import Register
from tanping.records.errors import suggest

# Words people write for a thing the register calls otherwise. Only true synonyms: a near thing is a question back.
SYNONYMS = {
    "热轧带肋钢筋": "热轧钢筋",
    "螺纹钢": "热轧钢筋",
    "0号柴油": "柴油",
    "0#柴油": "柴油",
    "轻柴油": "柴油",
    "管道天然气": "天然气",
    "LNG": "液化天然气",
    "LPG": "液化石油气",
    "石墨电极": "电极",
    "碳电极": "电极",
    "BFG": "高炉煤气",
    "COG": "焦炉煤气",
    "LDG": "转炉煤气",
    "煤焦油": "焦油",
    "粗钢（连铸坯）": "粗钢",
    "水泥熟料": "硅酸盐水泥熟料",
    "白水泥熟料": "白色硅酸盐水泥熟料",
}

# A near name that would be a mistake to take: word, the name it must not be taken for, what to do instead.
NOT_THE_SAME = (("石灰", "石灰石", "外购生石灰已在别处煅烧、不再排放二氧化碳，用量填“无”；自产的填入窑石灰石用量"),)


class Names:
    """The items of a register under some prefixes, by every name a person may use."""

    def __init__(self, register: Register, prefixes: tuple[str, ...], skip: tuple[str, ...] = ()):
        self.known: dict[str, str] = {}
        for prefix in prefixes:
            for record in register:
                if record.item.startswith(prefix) and not record.item.startswith(skip or "\0"):
                    for name in _spellings(record.name, record.item, record.key):
                        self.known.setdefault(name, record.item)

    def item(self, word: str | None) -> str | None:
        """Item for a word, None when it is not known."""
        if word is None:
            return None
        plain = _plain(word)
        return self.known.get(plain) or self.known.get(_SYNONYMS.get(plain, plain))

    def items(self, words: Words) -> Words:
        """Items for a column of words."""
        return words.mapped(self.item)

    def hint(self, word: str | None) -> str:
        """``因子库中没有“X”`` with the nearest known name; empty for a known or absent word."""
        if word is None or self.item(word) is not None:
            return ""
        near = self._not_the_same(word) or suggest(word, [name for name in self.known if not name.isascii()])
        return f"因子库中没有“{word}”" + (f"，{near}" if near else "")

    def _not_the_same(self, word: str) -> str:
        told = (
            text for part, other, text in NOT_THE_SAME if part in word and other not in word and other in self.known
        )
        return next(told, "")


@lru_cache(maxsize=32)
def names_of(register: Register, prefixes: tuple[str, ...], skip: tuple[str, ...] = ()) -> Names:
    """Names under some prefixes but not under those of ``skip``, made once a register."""
    return Names(register, prefixes, skip)


def _spellings(name: str, item: str, key: str) -> list[str]:
    last = name.rsplit(" ", 1)[-1]
    bare = last.split("（", 1)[0]
    return [_plain(text) for text in (name, last, bare, item, key, item.rsplit(".", 1)[-1]) if text]


def _plain(word: str) -> str:
    halved = unicodedata.normalize("NFKC", word.strip())  # ＬＮＧ, ０＃: full width
    return halved.replace("(", "（").replace(")", "）").replace(" ", "").lower()


_SYNONYMS = {_plain(word): _plain(meant) for word, meant in SYNONYMS.items()}
