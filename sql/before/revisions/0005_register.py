"""register"""

from portal.migrations import apply

revision = "0005"
down_revision = "0004"

upgrade = apply(__file__)
