-- The first synonyms, from data/synonyms.txt: `=` the same thing, `~` often goes together, `>` the first finds the others.
-- From here on the table is the staff's: later versions of that file are not applied by themselves.

INSERT INTO synonyms (phrases, one_way, strength)
SELECT regexp_split_to_array(btrim(substr(line, 3)), ' *, *'), line LIKE '> %', CASE WHEN line LIKE '~ %' THEN 0.4 ELSE 0.8 END
FROM string_to_table($synonyms$:SYNONYMS:$synonyms$, E'\n') AS line
WHERE line ~ '^[=~>] .+,';
