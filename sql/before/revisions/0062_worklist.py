"""worklist"""

from portal.migrations import apply

revision = "0062"
down_revision = "0061"

upgrade = apply(__file__)
