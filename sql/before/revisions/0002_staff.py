"""staff"""

from portal.migrations import apply

revision = "0002"
down_revision = "0001"

upgrade = apply(__file__)
