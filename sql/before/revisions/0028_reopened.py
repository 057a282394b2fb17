"""reopened"""

from portal.migrations import apply

revision = "0028"
down_revision = "0027"

upgrade = apply(__file__)
