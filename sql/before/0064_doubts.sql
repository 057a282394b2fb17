-- How often a letter's text was handed over and no answer came: it may have arrived each time.

ALTER TABLE emails ADD COLUMN doubts int NOT NULL DEFAULT 0;
