"""page version"""

from portal.migrations import apply

revision = "0011_page_version"
down_revision = "0010_oversight"

upgrade = apply(__file__)
