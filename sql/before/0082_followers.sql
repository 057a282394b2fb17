-- Anybody may follow a public case by e-mail: who pressed the button behind the link is told of what the public may read.

CREATE TABLE followers (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    email        text NOT NULL,
    asked_at     timestamptz NOT NULL,
    confirmed_at timestamptz,
    told_until   bigint NOT NULL DEFAULT 0,  -- the newest event they have been told of, or that was there before them
    CONSTRAINT follower_once UNIQUE (case_id, email)
);
CREATE INDEX followers_email ON followers (email);

-- Who stops following leaves no address behind, nor letters.
ALTER TABLE emails ADD COLUMN follower_id bigint REFERENCES followers ON DELETE CASCADE;
CREATE INDEX emails_to_followers ON emails (follower_id) WHERE follower_id IS NOT NULL;
