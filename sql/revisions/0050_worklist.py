"""worklist"""

from portal.migrations import apply

revision = "0050"
down_revision = "0031"

upgrade = apply(__file__)
