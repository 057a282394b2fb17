"""municipality"""

from portal.migrations import apply

revision = "0001_municipality"
down_revision: str | None = None

upgrade = apply(__file__)
