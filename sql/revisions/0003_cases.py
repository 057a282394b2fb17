"""cases"""

from portal.migrations import apply

revision = "0003_cases"
down_revision = "0002_staff"

upgrade = apply(__file__)
