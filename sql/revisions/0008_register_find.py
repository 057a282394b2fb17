"""register find"""

from portal.migrations import apply

revision = "0008_register_find"
down_revision = "0007_register_search"

upgrade = apply(__file__)
