"""followers"""

from portal.migrations import apply

revision = "0082"
down_revision = "0081"

upgrade = apply(__file__)
