-- One letter an event and recipient also where there is no case; several events in one letter; domains that rest.

ALTER TABLE emails
    ADD COLUMN once text CONSTRAINT email_once UNIQUE,  -- of no case: what may be written one single time
    ADD COLUMN claims int NOT NULL DEFAULT 0,           -- only grows: a try may note its result while it stands at its own
    ADD COLUMN claimed_at timestamptz,
    ADD COLUMN waits boolean NOT NULL DEFAULT false,    -- for what else is done to the case within minutes
    ADD COLUMN carried_by bigint REFERENCES emails ON DELETE CASCADE;  -- told in that one's letter, shares its state
CREATE INDEX emails_claimed ON emails (claimed_at) WHERE claimed_at IS NOT NULL;
CREATE INDEX emails_carried ON emails (carried_by) WHERE carried_by IS NOT NULL;

-- Domains that said "not now" to letter after letter are asked by one now and then, while the others go on.
CREATE TABLE resting_domains (
    domain      text PRIMARY KEY,
    refusals    int NOT NULL,
    rests_until timestamptz NOT NULL
);
