-- The account of a member of the staff: the second step of the sign-in, the sessions as their owner sees them, the
-- browsers that are known.

ALTER TABLE staff
    ADD COLUMN signed_in_at timestamptz,
    ADD COLUMN totp_seed text,          -- the secret is made of it and of PORTAL_SECRET: this table alone makes no codes
    ADD COLUMN totp_last_step bigint,   -- the half minute of the last code: none is taken twice
    ADD CONSTRAINT totp_step_needs_seed CHECK (totp_last_step IS NULL OR totp_seed IS NOT NULL);

-- Each is deleted when it is used. 80 random bits: SHA-256 without salt is enough.
CREATE TABLE staff_recovery_codes (
    code_hash   bytea PRIMARY KEY,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE
);
CREATE INDEX staff_recovery_codes_of ON staff_recovery_codes (staff_id);

ALTER TABLE staff_sessions
    ADD COLUMN id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT staff_session_id_once UNIQUE,
    ADD COLUMN user_agent   text NOT NULL DEFAULT '',
    ADD COLUMN ip           text NOT NULL DEFAULT '',
    ADD COLUMN awaits_code  boolean NOT NULL DEFAULT false;     -- the password was right, nothing is open yet
CREATE INDEX staff_sessions_seen ON staff_sessions (seen_at);

CREATE TABLE staff_browsers (
    mark_hash   bytea NOT NULL,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (staff_id, mark_hash)
);
