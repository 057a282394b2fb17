"""senders"""

from portal.migrations import apply

revision = "0085"
down_revision = "0082"

upgrade = apply(__file__)
