"""attachments"""

from portal.migrations import apply

revision = "0061"
down_revision = "0060"

upgrade = apply(__file__)
