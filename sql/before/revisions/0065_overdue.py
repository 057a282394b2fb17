"""overdue"""

from portal.migrations import apply

revision = "0065"
down_revision = "0064"

upgrade = apply(__file__)
