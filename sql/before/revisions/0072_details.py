"""details"""

from portal.migrations import apply

revision = "0072"
down_revision = "0067"

upgrade = apply(__file__)
