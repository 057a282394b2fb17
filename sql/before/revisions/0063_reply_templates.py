"""reply_templates"""

from portal.migrations import apply

revision = "0063"
down_revision = "0062"

upgrade = apply(__file__)
