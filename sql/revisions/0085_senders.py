"""senders"""

from portal.migrations import apply

revision = "0085"
down_revision = "0067"

upgrade = apply(__file__)
