"""redacted_reasons"""

from portal.migrations import apply

revision = "0077"
down_revision = "0076"

upgrade = apply(__file__)
