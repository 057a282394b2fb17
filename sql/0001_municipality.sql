-- The municipality: who answers, about what, and which days count.

CREATE TABLE departments (
    code        text PRIMARY KEY CONSTRAINT department_code_form CHECK (code ~ '^[a-z][a-z_]{1,39}$'),
    name        text NOT NULL,
    email       text,
    links_from  timestamptz,                    -- links e-mailed before this moment no longer open anything
    is_active   boolean NOT NULL DEFAULT true
);

CREATE TABLE topics (
    code            text PRIMARY KEY CONSTRAINT topic_code_form CHECK (code ~ '^[a-z][a-z_]{1,39}$'),
    name            text NOT NULL,
    department_code text REFERENCES departments,
    place_in_list   int NOT NULL
);

-- What the official calendar does not know: working Saturdays, one-off days off. What is taken back stays, with its moment:
-- terms are compared with the calendar that they were promised by.
CREATE TABLE special_days (
    day         date NOT NULL,
    is_working  boolean NOT NULL,
    reason      text NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    added_at    timestamptz NOT NULL DEFAULT now(),
    removed_at  timestamptz
);
CREATE UNIQUE INDEX special_day_once ON special_days (day) WHERE removed_at IS NULL;

-- Periods in which the law suspends all terms, from the first to the last day, both included (as 13.03–17.04.2020).
CREATE TABLE suspensions (
    first_on    date NOT NULL,
    last_on     date NOT NULL,
    reason      text NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    added_at    timestamptz NOT NULL DEFAULT now(),
    removed_at  timestamptz,
    CONSTRAINT suspension_ends_after_it_begins CHECK (last_on >= first_on)
);
CREATE UNIQUE INDEX suspension_once ON suspensions (first_on) WHERE removed_at IS NULL;
