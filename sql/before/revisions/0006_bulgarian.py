"""bulgarian"""

from portal.migrations import apply

revision = "0006"
down_revision = "0005"

upgrade = apply(__file__, RULES="bulgarian_rules.json", ADDITIONS="bulgarian_additions.json", LATIN="latin.json")
