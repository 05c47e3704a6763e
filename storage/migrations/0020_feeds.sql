-- Feeds of what a query finds. Whoever knows the secret in a feed's address may read it; only the secret's hash is
-- kept, so that a copy of the archive opens none of them.
CREATE TABLE feed(
  id INTEGER PRIMARY KEY,
  query TEXT NOT NULL,
  secret BLOB NOT NULL UNIQUE CHECK(length(secret) = 32),  -- SHA-256
  added_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
