"""staff"""

from portal.migrations import apply

revision = "0002_staff"
down_revision = "0001_municipality"

upgrade = apply(__file__)
