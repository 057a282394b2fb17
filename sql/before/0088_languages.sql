-- In which language the sender reads: the page that the case was submitted on was in it, and letters lead to such pages.
ALTER TABLE cases ADD COLUMN language text NOT NULL DEFAULT 'bg' CHECK (language IN ('bg', 'en'));
