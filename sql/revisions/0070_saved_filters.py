"""saved_filters"""

from portal.migrations import apply

revision = "0070"
down_revision = "0067"

upgrade = apply(__file__)
