"""Renders the text samples again as DOCX, PDF, XLSX and HTML: their labels in a family's layout.

Run `python -m sample_maker` in the root of the repository; the same sources give the same bytes.
"""
