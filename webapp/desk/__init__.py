"""What the pages may ask for, answered from SQL inside the scope of whoever is signed in."""

from webapp.desk.desk import SqlDesk, SqlDesks

__all__ = ["SqlDesk", "SqlDesks"]
