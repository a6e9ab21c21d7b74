"""What Alembic runs to apply the scripts, always on the connection that webapp.migrations hands over."""

from alembic import context

from webapp.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
