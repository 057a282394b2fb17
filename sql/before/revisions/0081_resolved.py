"""resolved"""

from portal.migrations import apply

revision = "0081"
down_revision = "0080"

upgrade = apply(__file__)
