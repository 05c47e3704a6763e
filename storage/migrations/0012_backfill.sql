-- Reading back: which part of a channel's past somebody asked for. What of it has been read stands in `known`, so that
-- whoever goes on with it reads nothing twice. One a channel.
CREATE TABLE backfill(
  channel_id INTEGER PRIMARY KEY REFERENCES channel,
  since INTEGER,                     -- from the channel's first post where nobody said
  until INTEGER,                     -- to its newest post where nobody said
  low INTEGER CHECK(low > 0),        -- message ids, both included; known once Telegram has been asked for them
  high INTEGER CHECK(high >= 0),     -- under `low`: nothing was posted in that time
  state TEXT NOT NULL CHECK(state IN ('waiting', 'stopped', 'failed', 'finished')),
  problem TEXT,
  posts INTEGER NOT NULL DEFAULT 0,  -- messages read
  asked_at INTEGER NOT NULL,
  finished_at INTEGER,
  CHECK((low IS NULL) = (high IS NULL))
) STRICT;

-- A post from before its channel was followed owes nothing, also where it is examined by itself.
ALTER TABLE unexamined ADD COLUMN late INTEGER NOT NULL DEFAULT 0 CHECK(late IN (0, 1));
