"""accounts"""

from portal.migrations import apply

revision = "0041"
down_revision = "0040"

upgrade = apply(__file__)
