"""desk_search"""

from portal.migrations import apply

revision = "0010"
down_revision = "0009"

upgrade = apply(__file__)
