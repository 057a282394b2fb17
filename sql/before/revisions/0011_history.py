"""history"""

from portal.migrations import apply

revision = "0011"
down_revision = "0010"

upgrade = apply(__file__)
