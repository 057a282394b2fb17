"""emails"""

from portal.migrations import apply

revision = "0004"
down_revision = "0003"

upgrade = apply(__file__)
