"""synonyms"""

from portal.migrations import apply

revision = "0009"
down_revision = "0008"

upgrade = apply(__file__, SYNONYMS="synonyms.txt")
