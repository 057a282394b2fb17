-- The staff: who they are, how they get in.

CREATE TABLE staff (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email           text NOT NULL,
    name            text NOT NULL,
    role            text NOT NULL CONSTRAINT role_known CHECK (role IN ('operator', 'department', 'head', 'admin')),
    department_code text REFERENCES departments,
    password_hash   text,
    is_active       boolean NOT NULL DEFAULT true,
    added_at        timestamptz NOT NULL,
    CONSTRAINT staff_email_lower CHECK (email = lower(email)),
    CONSTRAINT staff_email_once UNIQUE (email),
    CONSTRAINT department_role_has_department CHECK (role <> 'department' OR department_code IS NOT NULL)
);

-- One-time links that set a password. Only the SHA-256 of what the link carries is kept.
CREATE TABLE staff_links (
    token_hash  bytea PRIMARY KEY,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);

CREATE TABLE staff_sessions (
    token_hash  bytea PRIMARY KEY,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    begun_at    timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL
);
CREATE INDEX staff_sessions_of ON staff_sessions (staff_id);
