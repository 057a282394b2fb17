"""register search"""

from portal.migrations import apply

revision = "0007_register_search"
down_revision = "0006_bulgarian"

upgrade = apply(__file__, SYNONYMS="synonyms.txt")
