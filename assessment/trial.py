"""One clause tried on one project: what it would say, whether or not it is in force, with its whole trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tanping.assessment.accounting.computed import computed_facts
from tanping.assessment.accounting.inventory import account
from tanping.assessment.facts import facts_of
from tanping.assessment.project.columns import ProjectColumns, columns_of
from tanping.assessment.project.model import Project
from tanping.assessment.screening import screen
from tanping.assessment.spatial.survey import survey_places
from tanping.factors.register import load_register
from tanping.rules.facts import FactTable, Moment
from tanping.rules.finding import Finding, finding
from tanping.rules.law import load_law


@dataclass(frozen=True, eq=False)
class Subject:
    """A project made ready to be tried on: its facts as of a date."""

    columns: ProjectColumns
    table: FactTable
    as_of: date


def subject(project: Project, as_of: date) -> Subject:
    """Return a project with its facts as of a date, computed and spatial ones included. Raises InputError."""
    columns = columns_of([project])
    blocks = account(columns, load_register(), as_of=as_of)
    survey = survey_places(columns, as_of=as_of)
    return Subject(columns, facts_of(columns, as_of, computed_facts(blocks), survey.over), as_of)


def tried(on: Subject, clause_id: str, moment: Moment | str = Moment.APPROVAL) -> Finding:
    """Return what a clause of the law says of a project. Raises KeyError for an unknown id."""
    law = load_law()
    clause = law.clause(clause_id)
    screening = screen(law.only({clause_id}), on.table, on.columns, as_of=on.as_of, moment=Moment(moment))
    return finding(screening, clause)
