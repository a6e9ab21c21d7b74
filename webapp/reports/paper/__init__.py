"""How a report looks on paper: fonts, styles, tables, charts, page furniture. formats/pdf.py puts them together."""
