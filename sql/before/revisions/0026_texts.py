"""texts"""

from portal.migrations import apply

revision = "0026"
down_revision = "0025"

upgrade = apply(__file__)
