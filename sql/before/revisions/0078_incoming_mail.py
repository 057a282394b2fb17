"""incoming_mail"""

from portal.migrations import apply

revision = "0078"
down_revision = "0077"

upgrade = apply(__file__)
