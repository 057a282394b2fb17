"""reply_drafts"""

from portal.migrations import apply

revision = "0029"
down_revision = "0028"

upgrade = apply(__file__)
