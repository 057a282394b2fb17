"""mail"""

from portal.migrations import apply

revision = "0004_mail"
down_revision = "0003_cases"

upgrade = apply(__file__)
