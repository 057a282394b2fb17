"""held_pictures"""

from portal.migrations import apply

revision = "0067"
down_revision = "0066"

upgrade = apply(__file__)
