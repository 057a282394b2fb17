"""redacted_replies"""

from portal.migrations import apply

revision = "0060"
down_revision = "0041"

upgrade = apply(__file__)
