"""e-mails of no case"""

from portal.migrations import apply

revision = "0040"
down_revision = "0031"

upgrade = apply(__file__)
