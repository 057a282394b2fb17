"""redacted_replies"""

from portal.migrations import apply

revision = "0060"
down_revision = "0031"

upgrade = apply(__file__)
