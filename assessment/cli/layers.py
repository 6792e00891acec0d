"""``tanping layers add|list|check|remove``: the map layers an office holds."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli import DONE, FAILED
from tanping.assessment.cli.arguments import day

if TYPE_CHECKING:
    from tanping.assessment.spatial.layer import Layer


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("layers", help="图层：登记、列出、检查、移除（生态保护红线、水源地、岸线等）")
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True)
    _add_add(actions)
    _add_list(actions)
    _add_check(actions)
    _add_remove(actions)


def _add_add(actions: Any) -> None:
    parser = actions.add_parser("add", help="登记一个图层：GeoPackage、Shapefile（散放或压成 zip）、GeoJSON")
    parser.add_argument("file", metavar="FILE", help="图层文件")
    parser.add_argument("--kind", required=True, help="类别，如 生态保护红线；tanping layers list --kinds 列出全部")
    parser.add_argument("--name", required=True, help="图层名称")
    parser.add_argument("--date", required=True, type=day, metavar="DATE", dest="issued", help="成果日期：自此日起采用")
    parser.add_argument("--document", required=True, help="批准或来源文件")
    parser.add_argument("--crs", required=True, dest="datum", help="坐标系：CGCS2000、WGS84、GCJ-02、BD-09")
    parser.add_argument(
        "--accuracy", required=True, type=_metres, metavar="M", help="边界精度（米），如 1∶10000 图约 5"
    )
    parser.add_argument(
        "--covers", action="append", default=[], help="在哪里是完整的：省，或 省/市，或 省/市/县；可写多次"
    )
    parser.add_argument("--by", required=True, dest="loaded_by", help="登记人")
    parser.add_argument("--version", default="", help="版本")
    parser.add_argument("--table", default="", help="GeoPackage 里有多个图层时取哪一个")
    parser.add_argument("--zone-field", default="", help="写着分区（级别）的属性")
    parser.add_argument("--zone", default="", help="没有这样的属性时，全部属于哪一区")
    parser.add_argument("--name-field", default="", help="写着名称的属性")
    parser.add_argument("--repair", action="store_true", help="修复自相交等无效几何，并记入登记")
    parser.add_argument("--replaces", default="", metavar="ID", help="代替哪一个图层：旧的到新的成果日期前一天为止")
    parser.set_defaults(handler=_add)


def _add_list(actions: Any) -> None:
    parser = actions.add_parser("list", help="列出图层")
    parser.add_argument("--kinds", action="store_true", help="列出可登记的类别和它们回答的问题")
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_list)


def _add_check(actions: Any) -> None:
    parser = actions.add_parser("check", help="检查图层是否与登记时一致；退出码 1 表示有问题")
    parser.set_defaults(handler=_check)


def _add_remove(actions: Any) -> None:
    parser = actions.add_parser("remove", help="移除图层（移到 removed 文件夹，旧结果仍可复算）")
    parser.add_argument("id", metavar="ID", help="编号，或其开头")
    parser.set_defaults(handler=_remove)


def _add(arguments: argparse.Namespace) -> int:
    from dataclasses import fields

    from tanping.assessment.spatial.claim import Claim
    from tanping.assessment.spatial.reading import load_source, require_libraries
    from tanping.assessment.spatial.register import Layers

    require_libraries()
    said = {field.name: getattr(arguments, field.name) for field in fields(Claim)}
    said["covers"] = tuple(said["covers"])
    layer = Layers.open().add(load_source(Path(arguments.file)), Claim(**said))
    _print(f"已登记 {layer.id}")
    _print(f"  {layer.citation}")
    _print(
        f"  要素 {layer.features} 个，坐标点 {layer.vertices} 个，范围 {_bounds(layer)}，文件坐标系 {layer.file_crs}"
    )
    if layer.repaired:
        _print(f"  修复了 {layer.repaired} 个无效几何")
    for note in layer.notes:
        _print(f"  注意：{note}")
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    from tanping.assessment.spatial.register import Layers

    if arguments.kinds:
        return _list_kinds(arguments.json)
    layers = Layers.open()
    if arguments.json:
        _write_json([_plain(layer) for layer in layers])
        return DONE
    for layer in layers:
        until = f"，至 {layer.valid_to}" if layer.valid_to else ""
        _print(f"{layer.id}　{layer.kind_label}　{layer.name}")
        _print(
            f"  {layer.document}，{layer.issued} 成果{until}，{layer.version or '未写版本'}，{layer.datum}，精度 {layer.accuracy:g} m"
        )
        covers = "、".join("/".join(place) for place in layer.covers)
        _print(f"  完整范围：{covers or '不适用'}；要素 {layer.features} 个；sha256 {layer.source_sha256}")
        _print(f"  登记：{layer.loaded_by}，{layer.loaded_at}，文件 {layer.source_file}")
    _print(f"共 {len(layers.layers)} 个图层（{layers.folder}）")
    for problem in layers.problems:
        _print(str(problem))
    return DONE


def _list_kinds(as_json: bool) -> int:
    from tanping.assessment.spatial.kinds import load_kinds
    from tanping.rules.facts import load_catalogue

    kinds, catalogue = load_kinds(), load_catalogue()
    rows = [
        {
            "kind": kind.code,
            "label": kind.label,
            "shape": kind.shape.label,
            "zones": {code: list(words) for code, words in kind.zones.items()},
            "facts": [catalogue[name].label for name in kinds.answering(kind.code)],
        }
        for kind in kinds.layers.values()
    ]
    if as_json:
        _write_json(rows)
        return DONE
    for kind, row in zip(kinds.layers.values(), rows, strict=True):
        zones = f"，分区：{kind.zone_words}" if kind.zones else ""
        _print(f"{kind.label}（{kind.code}，{kind.shape.label}{zones}）")
        _print(f"  回答：{'、'.join(row['facts']) or '项目位置的坐标来源'}")
    return DONE


def _check(arguments: argparse.Namespace) -> int:
    from tanping.assessment.spatial.kinds import load_kinds
    from tanping.assessment.spatial.reading import missing_libraries
    from tanping.assessment.spatial.register import Layers
    from tanping.rules.facts import load_catalogue

    layers = Layers.open()
    problems = layers.check()
    for problem in problems:
        _print(str(problem))
    if missing := missing_libraries():
        _print(f"没有安装 {'、'.join(missing)}：图层不会用于叠图（安装 tanping[geo]）")
    held = {layer.kind for layer in layers}
    kinds, catalogue = load_kinds(), load_catalogue()
    open_ = [catalogue[name].label for name, question in kinds.questions.items() if not set(question.complete) <= held]
    _print(f"图层 {len(layers.layers)} 个，问题 {len(problems)} 个；可叠图回答 {len(kinds.questions) - len(open_)} 项")
    if open_:
        _print(f"还没有图层、需补充叠图的 {len(open_)} 项：{'、'.join(open_)}")
    return FAILED if problems else DONE


def _remove(arguments: argparse.Namespace) -> int:
    from tanping.assessment.spatial.register import Layers

    target = Layers.open().remove(arguments.id)
    _print(f"已移除，存于 {target}")
    return DONE


def _plain(layer: Layer) -> dict[str, Any]:
    from dataclasses import asdict

    plain = asdict(layer)
    plain["issued"] = layer.issued.isoformat()
    plain["valid_to"] = layer.valid_to.isoformat() if layer.valid_to else None
    return plain


def _bounds(layer: Layer) -> str:
    west, south, east, north = layer.bounds
    return f"{west:.4f}—{east:.4f}°E，{south:.4f}—{north:.4f}°N"


def _print(text: str) -> None:
    from tanping.records.doors.text import visible

    sys.stdout.write(visible(text) + "\n")


def _write_json(plain: Any) -> None:
    json.dump(plain, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _metres(text: str) -> float:
    try:
        value = float(text.removesuffix("米").removesuffix("m").strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是米数；例：5") from None
    if value != value or value < 0:
        raise argparse.ArgumentTypeError(f"“{text}”不是米数；例：5")
    return value
