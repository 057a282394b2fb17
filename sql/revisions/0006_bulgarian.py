"""bulgarian"""

from portal.migrations import apply

revision = "0006_bulgarian"
down_revision = "0005_register"

upgrade = apply(__file__, RULES="bulgarian_rules.json", ADDITIONS="bulgarian_additions.json", LATIN="latin.json")
