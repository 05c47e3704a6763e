-- Files of posts, by what is in them: the same content is kept once, in media/ab/abcd… beside the database.
CREATE TABLE media_file(
  sha256 TEXT PRIMARY KEY CHECK(length(sha256) = 64),
  size INTEGER NOT NULL CHECK(size >= 0),
  kept_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which posts carry which file of Telegram's; a post that was edited may have had several.
CREATE TABLE media(
  post_id INTEGER NOT NULL REFERENCES post,
  file_id INTEGER NOT NULL,          -- Telegram's number of the photo or document
  state TEXT NOT NULL DEFAULT 'wanted' CHECK(state IN ('wanted', 'kept', 'left')),
  reason TEXT,                       -- why it was left, or what the last attempt failed of
  sha256 TEXT REFERENCES media_file,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL,
  PRIMARY KEY(post_id, file_id),
  CHECK((state = 'kept') = (sha256 IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX media_due ON media(not_before) WHERE state = 'wanted';
CREATE INDEX media_content ON media(sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX media_known ON media(file_id) WHERE sha256 IS NOT NULL;
