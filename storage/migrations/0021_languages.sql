-- The language of a chat is what it has chosen itself; NULL: the operator's. An alert keeps the one that it began in.
ALTER TABLE chat DROP COLUMN language;
ALTER TABLE chat ADD COLUMN language TEXT CHECK (language IN ('en', 'uk', 'ru'));
ALTER TABLE owed ADD COLUMN language TEXT CHECK (language IN ('en', 'uk', 'ru'));
