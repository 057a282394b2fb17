-- A department answers through the link in its digest, without an account.

ALTER TABLE departments ADD COLUMN links_from timestamptz;          -- links sent before it open nothing any more
ALTER TABLE cases ADD COLUMN department_answered_at timestamptz;    -- and nobody of the staff has touched it since
CREATE INDEX cases_open_department_answered ON cases (due_on, id) INCLUDE (department_code)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL
        AND department_answered_at IS NOT NULL;
