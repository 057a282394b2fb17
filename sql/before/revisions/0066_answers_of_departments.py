"""answers_of_departments"""

from portal.migrations import apply

revision = "0066"
down_revision = "0065"

upgrade = apply(__file__)
