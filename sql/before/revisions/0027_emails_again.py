"""emails_again"""

from portal.migrations import apply

revision = "0027"
down_revision = "0026"

upgrade = apply(__file__)
