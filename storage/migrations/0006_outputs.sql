-- An output that the settings name no more: it is told nothing, and its rows stay.
ALTER TABLE chat ADD COLUMN removed_at INTEGER;
