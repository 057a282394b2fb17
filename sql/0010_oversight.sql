-- Oversight: what the staff did, and whether the worker lives.

-- The audit log: who did what, and who looked at whose data (Administrative Procedure Code, art. 108: nobody is persecuted
-- for a signal). Append-only: the trigger below refuses changes to everybody, the owner of the table included. The owner
-- could drop the trigger; comparing with a backup kept elsewhere would show that.
CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    staff_id    bigint REFERENCES staff,    -- NULL: a sign-in that failed
    action      text NOT NULL,
    case_id     bigint,
    details     jsonb NOT NULL
);
CREATE INDEX audit_of_staff ON audit (staff_id, id);
CREATE INDEX audit_looks ON audit (case_id, staff_id, at) WHERE action = 'looked';

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql
AS $f$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to';
END $f$;
CREATE TRIGGER audit_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- Whatever the staff do to a case is an event of its history, and so gets here without any code that could forget it.
CREATE FUNCTION audit_event() RETURNS trigger LANGUAGE plpgsql
AS $f$
BEGIN
    INSERT INTO audit (at, staff_id, action, case_id, details)
    VALUES (new.at, new.staff_id, new.kind, new.case_id, new.details);
    RETURN NULL;
END $f$;
CREATE TRIGGER audit_event AFTER INSERT ON events FOR EACH ROW WHEN (new.staff_id IS NOT NULL)
    EXECUTE FUNCTION audit_event();

-- When each part of the worker last ran: a dead worker is noticed by its silence, daily jobs by their last day.
CREATE TABLE heartbeats (
    part        text PRIMARY KEY,
    at          timestamptz NOT NULL
);
