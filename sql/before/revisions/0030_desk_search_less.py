"""desk_search_less"""

from portal.migrations import apply

revision = "0030"
down_revision = "0029"

upgrade = apply(__file__)
