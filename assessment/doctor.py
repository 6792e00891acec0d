"""What is wrong with an installation, and how to mend it, in words. Looks only: nothing is made, changed or sent.

``tanping selftest`` asks whether the program computes what it should; this asks whether the machine around it lets it work.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.records.errors import InputError
from tanping.records.home import home
from tanping.records.log import redacted

if TYPE_CHECKING:
    from sqlalchemy import Engine

MIB = 1024 * 1024
LITTLE_SPACE, FAIR_SPACE = 200 * MIB, 1024 * MIB
LAYOUT_MEMORY = 600 * MIB
"""What printing a long report takes at its peak (measured: 180 MiB for eleven pages, charts on top)."""
NOTICE_MONTH = 11
"""The State Council tells next year's holidays in autumn; before that nobody can have them."""
SHARED_DISKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs")
OPTIONAL = {
    "geo": "图层叠图（生态保护红线等）",
    "postgresql": "PostgreSQL 数据库",
    "dask": "多机批量计算",
    "sign": "文书的数字签名",
    "oidc": "统一认证登录",
}
_UTF8 = "utf-8"


class State(StrEnum):
    """How one thing stands."""

    GOOD = "正常"
    NOTE = "注意"
    BAD = "问题"


@dataclass(frozen=True)
class Line:
    """One thing looked at: what was seen and, where something is wrong, how to mend it."""

    name: str
    state: State
    said: str
    mend: str = ""


@dataclass(frozen=True)
class Wanted:
    """What to look at: printing or not, the port to serve on, the store's address (None: the usual one), every sealed event or not."""

    printing: bool = True
    port: int = 8501
    url: str | None = None
    deep: bool = True
    on: datetime = field(default_factory=lambda: datetime.now().astimezone())


def examine(wanted: Wanted) -> list[Line]:
    """Look at everything and return what was seen, in order. A look that fails itself becomes a line; nothing is raised."""
    looks: list[tuple[str, Callable[[], Iterable[Line]]]] = [
        ("Python", check_python),
        ("程序包", check_packages),
        ("编码", check_encoding),
        ("内存", lambda: check_memory(printing=wanted.printing)),
        ("数据文件夹", check_folder),
        ("设置", check_settings),
        ("数据库", lambda: check_database(wanted.url, deep=wanted.deep)),
        ("时钟", lambda: check_clock(wanted.on, wanted.url)),
        ("节假日表", lambda: check_holidays(wanted.on)),
        ("图层", check_layers),
        ("端口", lambda: check_port(wanted.port)),
    ]
    if wanted.printing:
        looks[3:3] = [("字体", check_fonts), ("排版库", check_layout)]
    return [line for name, look in looks for line in safely(name, look)]


def safely(name: str, look: Callable[[], Iterable[Line]]) -> list[Line]:
    """Return what a look saw; one that fails itself becomes a line."""
    try:
        return list(look())
    except Exception as error:
        what = f"检查没有完成：{type(error).__name__}：{redacted(str(error))[:300]}"
        return [Line(name, State.BAD, what, "把这一行交给维护人员")]


# ---- the program -----------------------------------------------------------------------------------------------------


def check_python() -> Iterator[Line]:
    """The interpreter: version and width."""
    said = f"{sys.version.split()[0]}，{64 if sys.maxsize > 2**32 else 32} 位"
    if sys.version_info < (3, 11) or sys.maxsize <= 2**32:
        yield Line("Python", State.BAD, said, "安装 64 位的 Python 3.11 或更新版本，再重新安装本程序")
    else:
        yield Line("Python", State.GOOD, said)


def check_packages(
    requirements: Iterable[str] | None = None, installed: Mapping[str, str] | None = None
) -> Iterator[Line]:
    """Every package the program names, in a version it works with; what optional ones would add."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found = installed if installed is not None else _installed()
    wrong: list[str] = []
    absent: dict[str, list[str]] = {}
    count = 0
    for text in _requirements() if requirements is None else requirements:
        requirement = Requirement(text)
        extra = next(
            (name for name in OPTIONAL if requirement.marker and f'extra == "{name}"' in str(requirement.marker)), ""
        )
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        version = found.get(canonicalize_name(requirement.name))
        fits = version is not None and requirement.specifier.contains(version, prereleases=True)
        count += not extra
        if extra and not fits:
            absent.setdefault(extra, []).append(requirement.name)
        elif not fits:
            wrong.append(
                f"{requirement.name} {'未安装' if version is None else f'是 {version}'}，需要 {requirement.specifier}"
            )
    if not count:
        yield Line(
            "程序包", State.NOTE, "本程序没有按程序包安装，不能核对各包的版本", "用离线安装包里的 install.sh 安装"
        )
    elif wrong:
        yield Line("程序包", State.BAD, "；".join(wrong), "重新运行离线安装包里的 install.sh，或 pip install tanping")
    else:
        yield Line("程序包", State.GOOD, f"必需的 {count} 个都在，版本符合")
    for extra, names in absent.items():
        yield Line(
            "可选功能",
            State.NOTE,
            f"{OPTIONAL[extra]}不可用（没有 {'、'.join(names)}）",
            f"需要时安装 tanping[{extra}]",
        )


def _requirements() -> list[str]:
    from importlib.metadata import PackageNotFoundError, requires

    try:
        return requires("tanping") or []
    except PackageNotFoundError:
        return []


def _installed() -> dict[str, str]:
    from importlib.metadata import distributions

    from packaging.utils import canonicalize_name

    return {
        canonicalize_name(found.metadata["Name"]): found.version for found in distributions() if found.metadata["Name"]
    }


def check_encoding() -> Iterator[Line]:
    """Whether Chinese file names and messages survive this terminal."""
    names, screen = sys.getfilesystemencoding(), getattr(sys.stdout, "encoding", "") or ""
    if names.lower() != _UTF8 or screen.lower().replace("utf8", _UTF8) != _UTF8:
        yield Line(
            "编码",
            State.NOTE,
            f"文件名 {names}，屏幕 {screen or '未知'}，中文可能显示不全",
            "设环境变量 PYTHONUTF8=1 或 LANG=C.UTF-8",
        )
    else:
        yield Line("编码", State.GOOD, "UTF-8")


# ---- printing --------------------------------------------------------------------------------------------------------


def check_fonts() -> Iterator[Line]:
    """Chinese families, and whether together they hold the common characters, figures and marks."""
    from tanping.assessment.documents import fonts

    try:
        found = fonts.installed()
        lacking = found.coverage.missing(common_characters())
    except InputError as error:
        problem = error.problems[0]
        yield Line("字体", State.BAD, problem.what, problem.allowed)
        return
    official = [stack[0] for stack in found.stacks.values() if stack[0] not in (found.serif, found.sans)]
    if lacking:
        said = f"{found.serif}、{found.sans} 缺 {len(lacking)} 个常用字：{fonts.describe(lacking)}"
        yield Line("字体", State.BAD, said, f"安装完整的中文字体，Debian/Ubuntu：apt-get install -y {fonts.PACKAGE}")
        return
    yield Line("字体", State.GOOD, f"{found.serif}、{found.sans}，国标一、二级汉字齐全")
    if not official:
        yield Line(
            "公文字体",
            State.NOTE,
            "没有仿宋_GB2312、方正小标宋等公文字体，公文用 Noto 字体代替",
            "单位有正版授权时装入系统字体目录",
        )


def common_characters() -> str:
    """Return the 6763 characters of GB 2312 and the marks the documents use."""
    rows = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(rows) + "0123456789ABCabc，。；：（）《》〔〕“”、—…■▲◆□◎○◇●①②③×≤≥±·℃"


def check_layout() -> Iterator[Line]:
    """Whether the layout engine and its system libraries can be loaded, in a process of its own."""
    code = "import weasyprint; from weasyprint.text import ffi; print(ffi.pango.pango_version(), bool(getattr(ffi, 'harfbuzz_subset', True)))"
    try:
        done = subprocess.run(  # noqa: S603 (our own words)
            [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=120, check=False
        )
    except (OSError, subprocess.SubprocessError):
        yield Line("排版库", State.BAD, "启动排版进程失败或超时", "检查内存与进程数限制")
        return
    without = "；不打印 PDF 的机器可以不管（加 --no-print），Excel、Word、网页版结果不受影响"
    if done.returncode == 0:
        version, subset = done.stdout.split()[-2:]
        number = int(version)
        said = f"Pango {number // 10000}.{number // 100 % 100}.{number % 100}"
        if subset != "True":
            yield Line(
                "排版库",
                State.NOTE,
                f"{said}，没有 HarfBuzz 子集库，PDF 会很大",
                "apt-get install -y libharfbuzz-subset0",
            )
        else:
            yield Line("排版库", State.GOOD, said)
    elif "No module named 'weasyprint'" in done.stderr:
        yield Line("排版库", State.BAD, "没有安装 WeasyPrint，不能打印 PDF", f"安装 weasyprint{without}")
    else:
        yield Line(
            "排版库",
            State.BAD,
            "缺少 Pango 等系统库，不能打印 PDF",
            f"apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0{without}",
        )


# ---- the machine -----------------------------------------------------------------------------------------------------


def check_memory(*, printing: bool = True) -> Iterator[Line]:
    """Free memory, as far as this system tells."""
    try:
        text = Path("/proc/meminfo").read_text("ascii")
    except OSError:
        return
    told = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in text.splitlines() if line.endswith("kB")}
    free = told.get("MemAvailable", 0)
    said = f"可用 {free // MIB} MiB"
    if printing and free < LAYOUT_MEMORY:
        yield Line(
            "内存",
            State.NOTE,
            f"{said}，打印长报告时可能不够",
            f"关闭其他程序，或增加到 {LAYOUT_MEMORY // MIB} MiB 以上",
        )
    else:
        yield Line("内存", State.GOOD, said)


def check_folder() -> Iterator[Line]:
    """The data folder: there or makeable, writable, private, on a local disk, with room."""
    folder = home()
    if not folder.is_absolute():
        yield Line(
            "数据文件夹", State.NOTE, f"TANPING_HOME 是相对路径：{folder}", "改成绝对路径，否则换个目录启动就换了数据"
        )
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        yield Line("数据文件夹", State.BAD, f"{there} 是文件，不是文件夹", "移走该文件，或另设 TANPING_HOME")
        return
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".tanping-doctor-") as probe:
            probe.write(b"x" * 4096)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        why = "磁盘已满" if error.errno == 28 else "不可写"
        yield Line("数据文件夹", State.BAD, f"{there} {why}", "检查权限、磁盘空间、是否只读挂载，或另设 TANPING_HOME")
        return
    free = shutil.disk_usage(there).free
    said = f"{folder}{'' if folder.exists() else '（首次使用时建立）'}，可写，剩余 {free // MIB} MiB"
    if free < LITTLE_SPACE:
        yield Line("数据文件夹", State.BAD, said, "清理磁盘：保存需要空间，少于 200 MiB 随时可能写不进去")
    elif free < FAIR_SPACE:
        yield Line("数据文件夹", State.NOTE, said, "剩余不足 1 GiB，请安排清理")
    else:
        yield Line("数据文件夹", State.GOOD, said)
    if folder.exists() and os.name == "posix" and folder.stat().st_mode & 0o007:
        yield Line("数据文件夹", State.NOTE, "本机其他用户可以进入", f"chmod 700 {folder}")
    if (kind := disk_of(there)) in SHARED_DISKS:
        yield Line(
            "数据文件夹",
            State.NOTE,
            f"在网络盘上（{kind}），SQLite 的锁在网络盘上不可靠",
            "改放本地磁盘，多机共用请用 PostgreSQL",
        )


def disk_of(path: Path, mounts: str | None = None) -> str:
    """Return the kind of file system a path lies on; empty where the system does not tell."""
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text("utf-8", "replace")
        except OSError:
            return ""
    best = ("", "")
    for line in mounts.splitlines():
        words = line.split()
        if len(words) > 2 and path.resolve().is_relative_to(words[1]) and len(words[1]) >= len(best[0]):
            best = (words[1], words[2])
    return best[1]


def check_settings() -> Iterator[Line]:
    """The settings an office may have made: letterhead and the log's level."""
    from tanping.assessment import web
    from tanping.assessment.documents.office import load_office
    from tanping.records import log

    problems = []
    for read in (load_office, log.level, web.secrets):
        try:
            read()
        except InputError as error:
            problems += [str(problem) for problem in error.problems]
    if problems:
        yield Line("设置", State.BAD, "；".join(problems), "按提示改正；文件头样例见随程序的 office.yaml")
    else:
        yield Line("设置", State.GOOD, "office.yaml、secrets.toml、TANPING_LOG 可用（没有的按缺省）")
    secret = home() / web.SECRETS
    if secret.is_file() and os.name == "posix" and secret.stat().st_mode & 0o077:
        yield Line("设置", State.BAD, f"{web.SECRETS} 含统一认证的密钥，本机其他用户可以读", f"chmod 600 {secret}")


def check_port(port: int) -> Iterator[Line]:
    """Whether the port is free, or already answered by this program."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            yield Line("端口", State.BAD, f"{port} 不允许使用", "用 1024 以上的端口：tanping serve --port 8501")
            return
        except OSError:
            yield Line(
                "端口", State.NOTE, f"{port} 已被占用（可能服务正在运行）", f"换一个：tanping serve --port {port + 1}"
            )
            return
    yield Line("端口", State.GOOD, f"{port} 空闲")


# ---- the store -------------------------------------------------------------------------------------------------------


def check_database(url: str | None = None, *, deep: bool = True) -> Iterator[Line]:
    """The store: reachable, tables of this version, triggers in place and, when ``deep``, every sealed event."""
    from tanping.assessment.review.store import StoreError, migrate
    from tanping.assessment.review.store.trouble import told

    try:
        with _engine(url) as engine:
            if engine is None:
                yield Line("数据库", State.GOOD, "还没有建库，首次使用时自动建立")
                return
            shown = redacted(engine.url.render_as_string(hide_password=True))
            with told(), engine.begin() as connection:
                found, newest = migrate.revision(connection), migrate.newest()
            if found != newest:
                known = found in migrate.known() or not found
                mend = (
                    "先 tanping db backup 备份，再 tanping db upgrade"
                    if known
                    else "这个库由更新的程序建立，请更新本程序"
                )
                yield Line("数据库", State.BAD, f"{shown}，表结构 {found or '（空）'}，应为 {newest}", mend)
                return
            yield Line("数据库", State.GOOD, f"{shown}，表结构 {found}")
            yield _triggers(engine)
            if deep:
                yield _record(engine)
    except StoreError as error:
        yield Line("数据库", State.BAD, redacted(str(error)), "检查 TANPING_DB_URL、数据库服务和数据文件夹的权限")


def _triggers(engine: Engine) -> Line:
    from tanping.assessment.review.store import guards
    from tanping.assessment.review.store.trouble import told

    with told(), engine.begin() as connection:
        lacking = guards.missing(connection)
    if lacking:
        return Line(
            "防改触发器",
            State.BAD,
            f"缺失或被改：{'、'.join(lacking)}",
            "先查明原因，再 tanping db upgrade 重建，并 tanping db verify",
        )
    return Line("防改触发器", State.GOOD, "齐全")


def _record(engine: Engine) -> Line:
    from tanping.assessment.review.verify import verify

    report = verify(engine)
    if report.sound:
        return Line("封存记录", State.GOOD, f"{report.events} 条事件相接，与各表一致")
    shown = "；".join(map(str, report.faults[:3]))
    return Line(
        "封存记录",
        State.BAD,
        f"{len(report.faults)} 处不符：{shown}",
        "不要继续写入，运行 tanping db verify 查看全部并从备份核对",
    )


@contextmanager
def _engine(url: str | None) -> Iterator[Engine | None]:
    """Connect without making anything: None for a SQLite file that isn't there yet."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from tanping.assessment.review.store import default_url
    from tanping.assessment.review.store.connection import connect

    address = url or default_url()
    try:
        parsed = make_url(address)
        if parsed.get_backend_name() == "sqlite" and parsed.database and not Path(parsed.database).exists():
            yield None
            return
    except ArgumentError:
        pass  # connect() says it in words
    engine = connect(address, busy_seconds=3)
    try:
        yield engine
    finally:
        engine.dispose()


# ---- time ------------------------------------------------------------------------------------------------------------


def check_clock(now: datetime, url: str | None = None) -> Iterator[Line]:
    """The machine's clock against the program's own files and the last sealed event."""
    from tanping.assessment.review.store import StoreError

    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime).astimezone()
    last = made
    with suppress(StoreError):  # told with the database
        last = max(made, _last_event(url) or made)
    said = now.strftime("%Y-%m-%d %H:%M %z")
    if now < last - timedelta(seconds=5):
        yield Line(
            "时钟",
            State.BAD,
            f"{said} 早于已有的记录（{last.astimezone(now.tzinfo):%Y-%m-%d %H:%M}）",
            "校准本机时间：时钟倒退时不登记任何事项",
        )
    else:
        yield Line("时钟", State.GOOD, said)


def _last_event(url: str | None) -> datetime | None:
    from sqlalchemy import text

    from tanping.assessment.review.store import migrate
    from tanping.assessment.review.store.trouble import told

    with _engine(url) as engine:
        if engine is None:
            return None
        with told(), engine.begin() as connection:
            if migrate.revision(connection) != migrate.newest():
                return None
            at: Any = connection.execute(text("SELECT max(at) FROM events")).scalar()
    if at is None:
        return None
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # the store keeps moments in UTC, without their zone


def check_holidays(now: datetime | None = None) -> Iterator[Line]:
    """Whether time limits of this year and the next can be told."""
    from tanping.assessment.review.clock import china_date, load_calendar

    try:
        known = sorted(load_calendar().years)
    except InputError as error:
        yield Line("节假日表", State.BAD, str(error.problems[0]), "改正数据文件夹 holidays/ 里的文件")
        return
    today = china_date((now or datetime.now()).astimezone())
    said = f"已有 {'、'.join(map(str, known))} 年"
    put = "按国务院办公厅通知写成 {0}.yaml，放入数据文件夹的 holidays/"
    if today.year not in known:
        yield Line("节假日表", State.BAD, f"{said}，没有 {today.year} 年，期限无法计算", put.format(today.year))
    elif today.year + 1 not in known:
        late = today.month >= NOTICE_MONTH
        words = f"{said}，没有 {today.year + 1} 年{'，跨年的期限无法计算' if late else '（通常当年秋天公布）'}"
        yield Line("节假日表", State.NOTE if late else State.GOOD, words, put.format(today.year + 1) if late else "")
    else:
        yield Line("节假日表", State.GOOD, said)


def check_layers() -> Iterator[Line]:
    """The map layers an office has put in: readable, as they were when registered."""
    from tanping.assessment.spatial.register import Layers

    layers = Layers.open()
    problems = [*layers.problems, *layers.check()]
    if problems:
        yield Line(
            "图层",
            State.BAD,
            f"{len(problems)} 处问题：{problems[0]}",
            "运行 tanping layers check 查看全部，重新登记有问题的图层",
        )
    else:
        yield Line(
            "图层", State.GOOD, f"{len(layers.layers)} 个" if layers.layers else "没有登记（空间条款会要求补充叠图）"
        )
