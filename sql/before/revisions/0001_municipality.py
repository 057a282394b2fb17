"""municipality"""

from portal.migrations import apply

revision = "0001"
down_revision: str | None = None

upgrade = apply(__file__)
