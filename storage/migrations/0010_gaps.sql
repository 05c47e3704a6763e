-- The id after which a channel is to be read; what lies before it nobody asked for.
ALTER TABLE channel ADD COLUMN start INTEGER NOT NULL DEFAULT 0;

-- An archive from before ids were counted: reading in order went from the first post to the cursor. A post that was
-- changed may be older than that: a live edit brings it in, whenever it was posted. So the first unchanged one counts.
UPDATE channel SET start = coalesce((SELECT min(p.message_id) - 1 FROM post p WHERE p.channel_id = channel.id
  AND p.changed_at IS NULL AND p.rev = 0 AND p.message_id <= channel.cursor), cursor);
INSERT INTO known(channel_id, low, high) SELECT id, start + 1, cursor FROM channel WHERE cursor > start;

-- What was not read or could not be kept, and why; a row stays when it has been made up for.
CREATE TABLE gap(
  id INTEGER PRIMARY KEY,
  channel_id INTEGER NOT NULL REFERENCES channel,
  low INTEGER CHECK(low > 0),          -- message ids; NULL: a stretch of time
  high INTEGER CHECK(high >= low),
  since INTEGER NOT NULL,
  until INTEGER,                       -- NULL: it goes on
  why TEXT NOT NULL,
  found_at INTEGER NOT NULL,
  tried_at INTEGER NOT NULL,
  told INTEGER NOT NULL DEFAULT 0 CHECK(told IN (0, 1)),  -- the team's chats were told
  closed_at INTEGER,
  CHECK((low IS NULL) = (high IS NULL))
) STRICT;
CREATE UNIQUE INDEX gap_of_time ON gap(channel_id) WHERE low IS NULL AND closed_at IS NULL;
CREATE INDEX gap_open ON gap(since) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX gap_of_ids ON gap(channel_id, low) WHERE low IS NOT NULL AND closed_at IS NULL;

-- When the service last said that it is at work, and connected to Telegram; nobody else can say when it stopped.
CREATE TABLE alive(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  at INTEGER NOT NULL
) STRICT;
