"""register"""

from portal.migrations import apply

revision = "0005_register"
down_revision = "0004_mail"

upgrade = apply(__file__)
