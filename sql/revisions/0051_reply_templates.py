"""reply_templates"""

from portal.migrations import apply

revision = "0051"
down_revision = "0050"

upgrade = apply(__file__)
