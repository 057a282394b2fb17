-- An e-mail that was given up on and that the staff send again gets its three days anew.

ALTER TABLE emails ADD COLUMN asked_again_at timestamptz;
CREATE INDEX emails_failed ON emails (id) WHERE state = 'failed';
