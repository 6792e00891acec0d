"""People, reviews and the sealed record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. The triggers that guard the record are made after every migration (``store.guards``)."""
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("hash", name="uq_events_hash"),
    )
    op.create_index("ix_events_review_id", "events", ["review_id"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("resume", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("sector", sa.String(20), nullable=False),
        sa.Column("city", sa.String(40), nullable=False),
        sa.Column("project_code", sa.String(60), nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("builder", sa.String(200), nullable=False),
        sa.Column("preparer", sa.String(200), nullable=False),
        sa.Column("preparer_code", sa.String(60), nullable=False),
        sa.Column("preparer_person", sa.String(100), nullable=False),
        sa.Column("preparer_person_code", sa.String(60), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("zoning_unit", sa.String(60), nullable=False),
        sa.Column("document_number", sa.String(60), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("retention", sa.String(20), nullable=False),
        sa.Column("archive_number", sa.String(60), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("document_number", name="uq_reviews_document_number"),
        sa.UniqueConstraint("serial", name="uq_reviews_serial"),
    )
    op.create_index("ix_reviews_state", "reviews", ["state"])
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_address_at", "sign_ins", ["address", "at"])
    op.create_index("ix_sign_ins_login_at", "sign_ins", ["login", "at"])
    op.create_table(
        "users",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("password", sa.String(300), nullable=True),
        sa.Column("password_temporary", sa.Boolean(), nullable=False),
        sa.Column("password_set", sa.DateTime(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("login", name="uq_users_login"),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("clause", sa.String(120), nullable=False),
        sa.Column("hint", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("finding", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("page", sa.String(60), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_answers_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_answers_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("review_id", "round", "office", "clause", name="uq_answers_review_id"),
    )
    op.create_index("ix_answers_review_id", "answers", ["review_id"])
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("acted", sa.Boolean(), nullable=False),
        sa.Column("conflict", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_assignments_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_assignments_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_review_id", "assignments", ["review_id"])
    op.create_index("ix_assignments_user_id", "assignments", ["user_id"])
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_attachments_review_id"),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name="fk_attachments_sha256"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_attachments_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_holder", "attachments", ["holder"])
    op.create_index("ix_attachments_review_id", "attachments", ["review_id"])
    op.create_table(
        "clock_stops",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_clock_stops_review_id"),
        sa.PrimaryKeyConstraint("id", name="pk_clock_stops"),
    )
    op.create_index("ix_clock_stops_review_id", "clock_stops", ["review_id"])
    op.create_table(
        "comments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("page", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.String(32), nullable=True),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("settled_by", sa.String(32), nullable=True),
        sa.Column("settled", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["reply_to"], ["comments.id"], name="fk_comments_reply_to"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_comments_review_id"),
        sa.ForeignKeyConstraint(["settled_by"], ["users.id"], name="fk_comments_settled_by"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_comments_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_comments"),
    )
    op.create_index("ix_comments_review_id", "comments", ["review_id"])
    op.create_table(
        "minutes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("held", sa.Date(), nullable=False),
        sa.Column("venue", sa.String(200), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_minutes_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_minutes_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_minutes"),
    )
    op.create_index("ix_minutes_review_id", "minutes", ["review_id"])
    op.create_table(
        "opinions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("letter_number", sa.String(60), nullable=False),
        sa.Column("reply_number", sa.String(60), nullable=False),
        sa.Column("reply_date", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.String(32), nullable=True),
        sa.Column("confirmed_by", sa.String(32), nullable=True),
        sa.Column("confirmed", sa.DateTime(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["users.id"], name="fk_opinions_confirmed_by"),
        sa.ForeignKeyConstraint(["drafted_by"], ["users.id"], name="fk_opinions_drafted_by"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_opinions_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_opinions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opinions"),
        sa.UniqueConstraint("review_id", "round", "source", "office", name="uq_opinions_review_id"),
    )
    op.create_index("ix_opinions_review_id", "opinions", ["review_id"])
    op.create_table(
        "papers",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_papers_review_id"),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
    )
    op.create_index("ix_papers_review_id", "papers", ["review_id"])
    op.create_table(
        "phrases",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_phrases_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_phrases"),
    )
    op.create_index("ix_phrases_office", "phrases", ["office"])
    op.create_table(
        "sign_in_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("revoked", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_in_sessions_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_sessions"),
    )
    op.create_index("ix_sign_in_sessions_user_id", "sign_in_sessions", ["user_id"])
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(20), nullable=False),
        sa.Column("project_sha256", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_submissions_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_submissions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("review_id", "number", name="uq_submissions_review_id"),
    )
    op.create_index("ix_submissions_review_id", "submissions", ["review_id"])
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("done", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_tasks_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tasks_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_review_id", "tasks", ["review_id"])
    op.create_index("ix_tasks_role", "tasks", ["role"])
    op.create_index("ix_tasks_user_id", "tasks", ["user_id"])
    op.create_table(
        "texts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("bases", sa.Text(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_texts_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_texts_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_texts"),
    )
    op.create_index("ix_texts_review_id", "texts", ["review_id"])
    op.create_table(
        "user_roles",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_roles_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_roles"),
        sa.UniqueConstraint("user_id", "role", "office", name="uq_user_roles_user_id"),
    )
    op.create_table(
        "user_subjects",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_subjects_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_subjects"),
        sa.UniqueConstraint("issuer", "subject", name="uq_user_subjects_issuer"),
    )
    op.create_index("ix_user_subjects_user_id", "user_subjects", ["user_id"])
    op.create_table(
        "demands",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(120), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("issued", sa.Boolean(), nullable=False),
        sa.Column("asked_of", sa.String(32), nullable=True),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_page", sa.String(60), nullable=False),
        sa.Column("answered_in", sa.String(32), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("outcome_reason", sa.Text(), nullable=False),
        sa.Column("judged_by", sa.String(32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_in"], ["submissions.id"], name="fk_demands_answered_in"),
        sa.ForeignKeyConstraint(["asked_of"], ["submissions.id"], name="fk_demands_asked_of"),
        sa.ForeignKeyConstraint(["judged_by"], ["users.id"], name="fk_demands_judged_by"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_demands_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_demands_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_demands"),
        sa.UniqueConstraint("review_id", "number", name="uq_demands_review_id"),
    )
    op.create_index("ix_demands_review_id", "demands", ["review_id"])
    op.create_table(
        "opinion_points",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("opinion_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(120), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("adoption", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("adopted_by", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["adopted_by"], ["users.id"], name="fk_opinion_points_adopted_by"),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinions.id"], name="fk_opinion_points_opinion_id"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_opinion_points_review_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opinion_points"),
        sa.UniqueConstraint("opinion_id", "number", name="uq_opinion_points_opinion_id"),
    )
    op.create_index("ix_opinion_points_review_id", "opinion_points", ["review_id"])
    op.create_table(
        "results",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(10), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("moment", sa.String(10), nullable=False),
        sa.Column("project_sha256", sa.String(64), nullable=False),
        sa.Column("assessment_sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_results_review_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_results_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_results"),
    )
    op.create_index("ix_results_review_id", "results", ["review_id"])
    op.create_table(
        "verifications",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("submission_id", sa.String(32), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("declared", sa.Text(), nullable=False),
        sa.Column("verified", sa.Text(), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("page", sa.String(60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_verifications_review_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_verifications_submission_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_verifications_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        sa.UniqueConstraint("submission_id", "place", "user_id", name="uq_verifications_submission_id"),
    )
    op.create_index("ix_verifications_review_id", "verifications", ["review_id"])
    op.create_table(
        "conclusions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("result_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name="fk_conclusions_result_id"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_conclusions_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_conclusions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conclusions"),
        sa.UniqueConstraint("review_id", "number", name="uq_conclusions_review_id"),
    )
    op.create_index("ix_conclusions_review_id", "conclusions", ["review_id"])
    op.create_table(
        "countersigns",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("conclusion_id", sa.String(32), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conclusion_id"], ["conclusions.id"], name="fk_countersigns_conclusion_id"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_countersigns_review_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_countersigns_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_countersigns"),
        sa.UniqueConstraint("conclusion_id", "office", name="uq_countersigns_conclusion_id"),
    )
    op.create_index("ix_countersigns_review_id", "countersigns", ["review_id"])
