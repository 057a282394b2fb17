"""presence"""

from portal.migrations import apply

revision = "0073"
down_revision = "0072"

upgrade = apply(__file__)
