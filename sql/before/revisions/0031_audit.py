"""audit"""

from portal.migrations import apply

revision = "0031"
down_revision = "0030"

upgrade = apply(__file__)
