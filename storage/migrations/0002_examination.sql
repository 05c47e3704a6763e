-- What the archive has been examined with. A generation is one state of all names and of the matcher; a change of
-- either makes a new one, and stored posts are then examined again, newest first.
CREATE TABLE examination(
  generation INTEGER PRIMARY KEY,
  matcher_version INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  reached INTEGER NOT NULL,          -- posts from this row id on have been examined in this generation
  examined INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL,            -- posts to examine, as counted at the start
  finished_at INTEGER
) STRICT;

-- The generation that first looks for all of the place's names as they are now.
ALTER TABLE place ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
CREATE INDEX place_generation ON place(generation);

-- Found only when the archive was examined again: shown, but owes no alert.
ALTER TABLE mention ADD COLUMN late INTEGER NOT NULL DEFAULT 0 CHECK(late IN (0, 1));

-- Posts that have to be examined by themselves, and then owe alerts as if they had just come.
CREATE TABLE unexamined(
  post_id INTEGER PRIMARY KEY REFERENCES post,
  reason TEXT NOT NULL CHECK(reason IN ('failed', 'overtaken')),  -- overtaken: names changed while it was taken
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL
) STRICT;
CREATE INDEX unexamined_due ON unexamined(not_before);
INSERT INTO unexamined(post_id, reason, not_before) SELECT id, 'failed', 0 FROM post WHERE examined = 'failed';

-- "Donetsk Oblast": places that are tracked as parts of an area come and go together.
ALTER TABLE place ADD COLUMN area TEXT;
