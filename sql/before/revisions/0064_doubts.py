"""doubts"""

from portal.migrations import apply

revision = "0064"
down_revision = "0063"

upgrade = apply(__file__)
