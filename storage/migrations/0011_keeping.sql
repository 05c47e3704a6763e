-- Backups in the order in which they were begun: a copy holds its own row, and so knows when and why it was made.
CREATE TABLE backup(
  id INTEGER PRIMARY KEY,
  began_at INTEGER NOT NULL,
  path TEXT NOT NULL,
  why TEXT NOT NULL CHECK(why IN ('asked', 'schedule', 'upgrade')),
  finished_at INTEGER,
  bytes INTEGER,
  posts INTEGER,
  problem TEXT
) STRICT;

-- A backup took the archive's place. What was said and sent from `until` to `at` it did not know of.
CREATE TABLE restored(
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  file TEXT NOT NULL,
  until INTEGER NOT NULL,
  aside TEXT,                        -- where the archive lies that was here before
  told INTEGER NOT NULL CHECK(told IN (0, 1)),  -- whether that archive could say what chats were told meanwhile
  checked_at INTEGER                 -- when edits and deletions of that time have been looked for
) STRICT;

-- Written when nothing else is, to learn whether the archive can be written again.
CREATE TABLE pulse(one INTEGER PRIMARY KEY CHECK(one = 1), at INTEGER NOT NULL) STRICT;
