"""Documents: an ``Assessment`` as PDF, charts, workbook and Word file. Nothing here computes a figure."""
