"""groups"""

from portal.migrations import apply

revision = "0074"
down_revision = "0073"

upgrade = apply(__file__)
