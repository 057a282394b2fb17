"""desk"""

from portal.migrations import apply

revision = "0009_desk"
down_revision = "0008_register_find"

upgrade = apply(__file__)
