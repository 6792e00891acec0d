"""The work: project file, accounting, screening, review, documents, pages."""
