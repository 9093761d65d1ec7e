"""How Alembic runs here: on a connection that engine/store/migrating.py hands over, inside its transaction."""

from alembic import context

from engine.store.migrating import is_ours
from engine.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, include_object=is_ours, transactional_ddl=False)
context.run_migrations()
