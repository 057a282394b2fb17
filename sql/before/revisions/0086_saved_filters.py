"""saved_filters"""

from portal.migrations import apply

revision = "0086"
down_revision = "0085"

upgrade = apply(__file__)
