"""oversight"""

from portal.migrations import apply

revision = "0010_oversight"
down_revision = "0009_desk"

upgrade = apply(__file__)
