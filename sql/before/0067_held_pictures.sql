-- The queue of what somebody must look at, texts and pictures together, has one index to be counted by.

ALTER TABLE cases ADD COLUMN has_held_picture boolean NOT NULL DEFAULT false;
ALTER TABLE cases DISABLE TRIGGER USER;     -- nothing that is searched for changes
UPDATE cases SET has_held_picture = true WHERE id IN (SELECT case_id FROM attachments WHERE state = 'held');
ALTER TABLE cases ENABLE TRIGGER USER;

CREATE FUNCTION note_held_pictures() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_case bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.case_id ELSE NEW.case_id END;
    held boolean := EXISTS (SELECT FROM attachments WHERE case_id = of_case AND state = 'held');
BEGIN
    UPDATE cases SET has_held_picture = held WHERE id = of_case AND has_held_picture <> held;
    RETURN NULL;
END $$;
CREATE TRIGGER attachments_held AFTER INSERT OR DELETE OR UPDATE OF state ON attachments
    FOR EACH ROW EXECUTE FUNCTION note_held_pictures();

DROP INDEX cases_held;
CREATE INDEX cases_held ON cases (due_on, id) INCLUDE (department_code)
    WHERE (publication_state = 'held' OR has_held_picture) AND publication_state <> 'withheld'
        AND publication <> 'private' AND received_at IS NOT NULL;
