"""channel"""

from portal.migrations import apply

revision = "0025"
down_revision = "0011"

upgrade = apply(__file__)
