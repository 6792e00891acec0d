"""What a draft holds, and how one field of it changes. Plain data, no page and no store in sight.

A draft's content is ``{"file": project-file data, "typed": {path: text}}``. ``file`` holds only what its field accepts, so it
can be assessed at any moment; what a field refused stays in ``typed`` as it was typed, until it is mended, and the
field counts as unknown.

A path names one field: ``project/name``, ``units/7/capacity``, ``units/7/facts/x``, ``facts/x``, ``papers/energy_review/status``.
Rows are found by their ``id``, so a path stays right when another row goes.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from tanping.assessment.project.catalogue import ONE_ROW, TABLES, entries
from tanping.assessment.project.entry import Entry
from tanping.assessment.project.model import SCHEMA, SECTORS, Paper

Content = dict[str, Any]

PARTS = ("document", "page", "note")
REMOVED: tuple[Any, ...] = (None, "", {}, [])


def content_of(file: Mapping[str, Any]) -> Content:
    """Return the content of a draft made from plain project-file data."""
    return {"file": copy.deepcopy(dict(file)), "typed": {}}


def blank(sector: str, name: str = "") -> Content:
    """Return the content of a new draft of a sector (power, steel, cement); everything else is unknown."""
    project = {"name": name.strip(), "sector": SECTORS[sector]}
    return content_of({"schema": SCHEMA, "project": {key: text for key, text in project.items() if text}})


def entry_of(path: str) -> Entry:
    """Return the catalogue's entry of a path. Raises KeyError if the catalogue has no such field."""
    from tanping.assessment.project.answers import fact_entry

    table, *rest = path.split("/")
    if "facts" in (table, *rest[:-1]):
        return fact_entry(rest[-1])
    model = Paper if table == "papers" else TABLES[table]
    return entries(model)[rest[-1]]


def raw(content: Content, path: str) -> Any:
    """Return what stands at a path in the file: a text, a mapping with parts, a list, or None."""
    holder = _holder(content["file"], path, make=False)
    return None if holder is None else holder.get(path.rsplit("/", 1)[-1])


def text(content: Content, path: str) -> str:
    """Return what a person sees in the field: the refused text if there is one, else what the file holds."""
    if path in content["typed"]:
        return str(content["typed"][path])
    value = raw(content, path)
    if isinstance(value, Mapping):
        value = value.get("value")
    if isinstance(value, list):
        return "，".join(map(str, value))
    return "" if value is None else str(value)


def part(content: Content, path: str, name: str) -> str:
    """Return one part of what is said about a field (document, page or note)."""
    value = raw(content, path)
    return str(value.get(name) or "") if isinstance(value, Mapping) else ""


def refusal(path: str, typed: str) -> str:
    """Return why the field refuses a text, in the words of the field; empty if it accepts it."""
    try:
        entry_of(path).parse(typed)
    except PydanticCustomError as error:
        context = error.context or {}
        words = [context.get("what", ""), context.get("allowed") and f"应为：{context['allowed']}"]
        words.append(context.get("example") and f"例：{context['example']}")
        return "；".join(word for word in words if word)
    return ""


def with_text(content: Content, path: str, typed: str) -> Content:
    """Return the content with a field's new text: into the file if the field accepts it, else into ``typed``."""
    changed = copy.deepcopy(content)
    typed = typed.strip()
    changed["typed"].pop(path, None)
    if refusal(path, typed):
        changed["typed"][path] = typed
        typed = ""
    before = raw(changed, path)
    parts = {key: value for key, value in before.items() if key in PARTS} if isinstance(before, Mapping) else {}
    _put(changed["file"], path, {"value": typed or None, **parts} if parts else typed)
    return changed


def with_part(content: Content, path: str, name: str, said: str) -> Content:
    """Return the content with one part (document, page or note) of a field changed."""
    changed = copy.deepcopy(content)
    before = raw(changed, path)
    value = dict(before) if isinstance(before, Mapping) else {"value": before}
    value[name] = said.strip()
    value = {key: item for key, item in value.items() if key == "value" or item not in REMOVED}
    _put(changed["file"], path, value["value"] if set(value) == {"value"} else value)
    return changed


def rows(content: Content, table: str) -> list[str]:
    """Return the ids of a table's rows, in order."""
    return [str(row["id"]) for row in content["file"].get(table) or []]


def with_row(content: Content, table: str, row_id: str, *, like: str = "") -> Content:
    """Return the content with one more row, empty or a copy of the row ``like``. The id must be new."""
    changed = copy.deepcopy(content)
    found: list[dict[str, Any]] = changed["file"].setdefault(table, [])
    pattern = next((row for row in found if row["id"] == like), {})
    found.append({**copy.deepcopy(pattern), "id": row_id})
    return changed


def without_row(content: Content, table: str, row_id: str) -> Content:
    """Return the content without a row, and without what was refused in it."""
    changed = copy.deepcopy(content)
    left = [row for row in changed["file"].get(table, []) if row["id"] != row_id]
    _set_or_drop(changed["file"], table, left)
    gone = f"{table}/{row_id}/"
    changed["typed"] = {path: typed for path, typed in changed["typed"].items() if not path.startswith(gone)}
    return changed


def free_id(content: Content, table: str) -> str:
    """Return the smallest number that no row of the table has as its id."""
    taken = set(rows(content, table))
    return next(str(number) for number in range(1, len(taken) + 2) if str(number) not in taken)


def sector(content: Content) -> str:
    """Return the sector's code, empty if it is not told."""
    said = text(content, "project/sector")
    return next((code for code, label in SECTORS.items() if said in (code, label)), "")


def describe(content: Content) -> tuple[str, str]:
    """Return title and sector, as the list of drafts shows them."""
    return text(content, "project/name"), sector(content)


def _holder(file: dict[str, Any], path: str, *, make: bool) -> dict[str, Any] | None:
    table, *rest = path.split("/")
    steps = rest[:-1]
    place: Any = file.get(table)
    if table in TABLES and table not in ONE_ROW:
        row_id, *steps = steps
        place = next((row for row in place or [] if row["id"] == row_id), None)
        if place is None and make:
            raise KeyError(path)
    elif place is None and make:
        place = file.setdefault(table, {})
    for step in steps:
        if place is None:
            return None
        if make and place.get(step) is None:
            place[step] = {}
        place = place.get(step)
    return place


def _put(file: dict[str, Any], path: str, value: Any) -> None:
    holder = _holder(file, path, make=True)
    assert holder is not None
    _set_or_drop(holder, path.rsplit("/", 1)[-1], value)
    _drop_empty(file, path.rsplit("/", 1)[0])


def _set_or_drop(holder: dict[str, Any], key: str, value: Any) -> None:
    if value in REMOVED:
        holder.pop(key, None)
    else:
        holder[key] = value


def _drop_empty(file: dict[str, Any], path: str) -> None:
    """Remove the mappings that the last change left empty; a row stays, it has its id."""
    steps = path.split("/")
    lowest = 2 if steps[0] in TABLES and steps[0] not in ONE_ROW else 0
    while len(steps) > lowest:
        holder = _holder(file, "/".join(steps), make=False) if len(steps) > 1 else file
        if holder is None or holder.get(steps[-1]) != {}:
            return
        del holder[steps.pop()]
