-- Which account reads a channel; and of which channels each account is a member.
ALTER TABLE channel ADD COLUMN account TEXT NOT NULL DEFAULT 'reader';
ALTER TABLE channel_access ADD COLUMN joined INTEGER NOT NULL DEFAULT 0 CHECK(joined IN (0, 1));
UPDATE channel_access SET joined = 1
  WHERE account = 'reader' AND channel_id IN (SELECT id FROM channel WHERE joined = 1);

-- The accounts that read, as they were when they last connected or stopped.
CREATE TABLE account(
  name TEXT PRIMARY KEY,
  telegram_id INTEGER,
  telegram_name TEXT,
  problem TEXT                       -- why it has stopped; NULL: it works, as far as anybody knows
) STRICT, WITHOUT ROWID;
