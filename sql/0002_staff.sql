-- The staff: who they are and how they sign in.

CREATE TABLE staff (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email           text NOT NULL,
    name            text NOT NULL,
    role            text NOT NULL CONSTRAINT role_known CHECK (role IN ('operator', 'department', 'head', 'admin')),
    department_code text REFERENCES departments,
    is_active       boolean NOT NULL DEFAULT true,
    added_at        timestamptz NOT NULL,
    signed_in_at    timestamptz,
    password_hash   text,
    totp_seed       text,       -- the TOTP secret is derived from it and PORTAL_SECRET: this table alone yields no codes
    totp_last_step  bigint,     -- the half minute of the last code accepted: no code is accepted twice
    CONSTRAINT staff_email_lower CHECK (email = lower(email)),
    CONSTRAINT staff_email_once UNIQUE (email),
    CONSTRAINT department_role_has_department CHECK (role <> 'department' OR department_code IS NOT NULL),
    CONSTRAINT totp_step_needs_seed CHECK (totp_last_step IS NULL OR totp_seed IS NOT NULL)
);

-- For the second step of the sign-in without the device. A code is deleted when it is used. 80 random bits: SHA-256
-- without a salt is enough.
CREATE TABLE staff_recovery_codes (
    code_hash   bytea PRIMARY KEY,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE
);
CREATE INDEX staff_recovery_codes_of ON staff_recovery_codes (staff_id);

-- One-time links that set a password. Only the SHA-256 of the token in the link is kept.
CREATE TABLE staff_links (
    token_hash  bytea PRIMARY KEY,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);

CREATE TABLE staff_sessions (
    token_hash  bytea PRIMARY KEY,
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT staff_session_id_once UNIQUE,    -- names it in its owner's list
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    begun_at    timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    awaits_code boolean NOT NULL DEFAULT false,     -- only the password was right: opens nothing yet
    user_agent  text NOT NULL DEFAULT '',
    ip          text NOT NULL DEFAULT ''
);
CREATE INDEX staff_sessions_of ON staff_sessions (staff_id);
CREATE INDEX staff_sessions_seen ON staff_sessions (seen_at);

-- Browsers that somebody has signed in from: a sign-in from any other is told to its owner by e-mail.
CREATE TABLE staff_browsers (
    mark_hash   bytea NOT NULL,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (staff_id, mark_hash)
);
