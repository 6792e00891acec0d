"""The register as a pack: hashed, archived, replayed, extended by one file."""

import subprocess
import sys
from datetime import date

from tanping.factors.labels import STANDARDS, SUBJECTS, VARIANTS
from tanping.factors.register import load_register, read_register
from tanping.factors.search import Filter, newest_first, search
from tanping.records.archive import Archive, pack_bytes, pack_files, pack_hash

TODAY = date(2026, 11, 1)


def test_the_hash_follows_the_content(register, copy):
    same = read_register(copy)
    assert same.sha256 == register.sha256
    notes = copy / "grid" / "certified.csv"
    notes.write_text(notes.read_text(encoding="utf-8").replace("须有", "必须有"), encoding="utf-8")
    assert read_register(copy).sha256 != register.sha256


def test_an_archived_register_replays(register, tmp_path):
    archive = Archive(tmp_path)
    stored = archive.store(pack_bytes(register.pack()))
    assert stored == register.sha256 == pack_hash(register.pack())
    again = read_register(pack_files(archive.load(stored)))
    assert again.records == register.records
    assert again.sha256 == register.sha256
    assert again.grid_factor("江苏", TODAY) == register.grid_factor("江苏", TODAY)


def test_next_years_grid_factors_are_one_new_file(copy):
    """docs/factors.md: copy last year's table, put in year, values, document and date. Nothing else changes."""
    last = (copy / "grid" / "average_2023.csv").read_text(encoding="utf-8")
    new = (
        last.replace(",2023,", ",2024,")
        .replace("2025-12-31", "2026-12-18")
        .replace("公告2025年第47号附件《2023年电力二氧化碳排放因子》", "公告附件《2024年电力二氧化碳排放因子》")
        .replace("2026-12-31", "2027-12-31")
        .replace("0.5827", "0.5701")
    )
    (copy / "grid" / "average_2024.csv").write_text(new, encoding="utf-8")
    register = read_register(copy)
    assert str(register.grid_factor("江苏", date(2026, 12, 17)).record.value) == "0.5827"
    found = register.grid_factor("江苏", date(2026, 12, 18))
    assert (str(found.record.value), found.record.data_year) == ("0.5701", 2024)
    assert register.sha256 != load_register().sha256


def test_overdue_lists_what_is_in_use_and_due(register):
    assert register.overdue(TODAY) == []
    due = register.overdue(date(2027, 1, 1))
    assert any(record.key == "grid.jiangsu.average" and record.data_year == 2023 for record in due)
    assert not any(record.data_year in (2021, 2022) and record.item == "grid.average" for record in due)


def test_search_finds_by_words_and_filters(register):
    assert {record.key for record in search(register, Filter(words="江苏 平均"))} == {"grid.jiangsu.average"}
    assert all(record.provisional for record in search(register, Filter(provisional=True)))
    drafts = search(register, Filter(status="draft", subject="ets"))
    assert len(drafts) == 20
    assert [record.data_year for record in newest_first(register.of("grid.jiangsu.average"))] == [2023, 2022, 2021]


def test_every_code_has_a_label(register):
    assert {record.standard for record in register} <= {"", *STANDARDS}
    assert {record.variant for record in register} <= {"", *VARIANTS}
    assert {record.subject.split("/")[0] for record in register} == set(SUBJECTS)


def test_a_record_says_itself_in_plain_data(register):
    plain = register.of("fuel.gbt32151_34_2024.coke")[0].plain()
    assert plain["ncv"] == "28.435"
    assert plain["basis"] == "secondary"
    assert plain["preferred"] is True
    assert plain["attributes"] == {"phase": "solid"}


def test_the_chain_of_a_place(register):
    assert register.chain("江苏") == ("江苏", "华东", "全国", "全球")
    assert register.chain("欧盟") == ("欧盟",)


def test_importing_pulls_nothing_heavy():
    code = (
        "import sys; from tanping.factors.register import load_register; from datetime import date;"
        "load_register().lookup('heat.default', as_of=date(2026, 11, 1));"
        "print(*[name for name in ('pandas', 'pint', 'streamlit', 'numpy', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
