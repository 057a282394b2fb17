-- A reopened case has its term anew: it is counted from here, and the extensions before it count no more.

ALTER TABLE cases ADD COLUMN reopened_at timestamptz;
