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

-- What the official calendar does not know: working Saturdays, one-off days off.
CREATE TABLE special_days (
    day         date PRIMARY KEY,
    is_working  boolean NOT NULL,
    reason      text NOT NULL
);

-- Periods in which the law suspends all terms, from the first to the last day, both included (as 13.03–17.04.2020).
CREATE TABLE suspensions (
    first_on    date PRIMARY KEY,
    last_on     date NOT NULL,
    reason      text NOT NULL,
    CONSTRAINT suspension_ends_after_it_begins CHECK (last_on >= first_on)
);
