"""letters"""

from portal.migrations import apply

revision = "0080"
down_revision = "0078"

upgrade = apply(__file__)
