-- How a case came: people also telephone, write letters and come to the counter (Administrative Procedure Code, art. 111).

ALTER TABLE cases ADD COLUMN channel text NOT NULL DEFAULT 'portal'
    CONSTRAINT channel_known CHECK (channel IN ('portal', 'phone', 'letter', 'counter', 'import'));
UPDATE cases SET channel = 'import' WHERE draft LIKE 'import %';
