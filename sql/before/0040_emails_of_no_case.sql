-- An e-mail may belong to no case: to a member of the staff about their own account, to a department about all its cases.
-- One of a case is rendered from its event; of these there is none, so `told` keeps what they tell.

ALTER TABLE emails
    ALTER COLUMN case_id DROP NOT NULL,
    ALTER COLUMN event_id DROP NOT NULL,
    ADD COLUMN told jsonb,
    ADD CONSTRAINT email_of_case_or_telling_itself
        CHECK ((case_id IS NULL) = (event_id IS NULL) AND (case_id IS NULL) = (told IS NOT NULL));
CREATE INDEX emails_of_no_case ON emails (written_at) WHERE case_id IS NULL;
