"""Capture (PW-10): what is permanently stored is subtracted once, what is merely used is shown and not subtracted."""

from __future__ import annotations

import numpy as np

from tanping.assessment.accounting import power
from tanping.assessment.accounting.blocks import CAPTURE, ROW, Block
from tanping.assessment.accounting.operands import Declared, Given, Operand
from tanping.assessment.accounting.sharing import Sharing

STORED = ("stored", "mineralised")
NO_DESTINATION = f"碳捕集“{ROW}”：二氧化碳去向未填，不扣减"
NO_SITE = f"碳捕集“{ROW}”：封存（矿化）地点未填，不扣减"
NO_START = f"碳捕集“{ROW}”：投运日期未填"
ONLY_USED = "二氧化碳用于生产或产品，按利用列示，不扣减"
CAPTURED = frozenset({"fuel", "process"})


def blocks(sharing: Sharing, counted: list[Block]) -> list[Block]:
    """Blocks of what is captured, and of what its transport and leaks emit.

    The emission that is captured from is that of the units named: fuel and process of ``counted``.
    """
    books = sharing.books
    table = books.columns["captures"]
    if not len(table):
        return []
    of_unit = np.zeros(len(books.columns["units"]))
    for block in counted:
        if block.category in CAPTURED and not block.memo:
            of_unit += sharing.by_unit(block)
    rows, units, _ = sharing.links(table)
    generated = np.bincount(rows, of_unit[units], minlength=len(table)).astype(np.float64)
    destination = books.words(table, "destination")
    stored, used = destination.are(*STORED), destination.are("used")
    no_site = stored & books.words(table, "site").test(lambda site: not site)
    no_start = np.isnat(table.days["start"])
    operands: dict[str, Operand] = {
        "eta": Declared(table, "rate", 0.01),
        "s": Declared(table, "share", 0.01),
        "e_gen": Given(generated, "捕集单元产生量", "tCO2"),
    }
    nowhere = destination.test(lambda word: word is None)
    blocked = [(nowhere, NO_DESTINATION), (no_site, NO_SITE), (no_start, NO_START)]
    made = [
        Block(
            name=name,
            formula=power.captured,
            table=table,
            rows=np.flatnonzero(mine),
            operands=operands,
            stage="operation",
            category="removal",
            spread=CAPTURE,
            sign=sign,
            memo=memo,
            blocked=blocked,
            notes=[(used, ONLY_USED)],
        )
        for name, mine, sign, memo in (("碳捕集封存", ~used, -1, False), ("碳捕集利用（备忘）", used, 1, True))
    ]
    losses: dict[str, Operand] = {"e_transport": Declared(table, "transport"), "e_leak": Declared(table, "leak")}
    made.append(
        Block(
            name="捕集运输与泄漏",
            formula=power.capture_losses,
            table=table,
            rows=np.flatnonzero(~used),
            operands=losses,
            stage="operation",
            category="process",
            spread=CAPTURE,
            suffix=".losses",
            blocked=[(no_start, NO_START)],
        )
    )
    return [block for block in made if len(block)]
