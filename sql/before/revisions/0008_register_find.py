"""register_find"""

from portal.migrations import apply

revision = "0008"
down_revision = "0007"

upgrade = apply(__file__)
