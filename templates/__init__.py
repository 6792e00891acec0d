"""Jinja2 and CSS sources of the documents."""
