-- Times are Unix milliseconds (UTC) unless said otherwise.

CREATE TABLE schema_migration(
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL
) STRICT;

-- Keyed by a row of our own: a source without an account never learns Telegram's id.
CREATE TABLE channel(
  id INTEGER PRIMARY KEY,
  telegram_id INTEGER UNIQUE,
  username TEXT COLLATE NOCASE,
  title TEXT NOT NULL,
  label TEXT,
  state TEXT NOT NULL DEFAULT 'active' CHECK(state IN ('active', 'unreadable', 'removed')),
  problem TEXT,
  joined INTEGER NOT NULL DEFAULT 0 CHECK(joined IN (0, 1)),
  cursor INTEGER NOT NULL DEFAULT 0,
  added_at INTEGER NOT NULL,
  read_at INTEGER
) STRICT;
CREATE UNIQUE INDEX channel_username ON channel(username) WHERE username IS NOT NULL AND state <> 'removed';

-- An access hash is valid for one account only.
CREATE TABLE channel_access(
  account TEXT NOT NULL,
  channel_id INTEGER NOT NULL REFERENCES channel,
  access_hash INTEGER NOT NULL,
  PRIMARY KEY(account, channel_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE place(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT,
  latitude REAL,
  longitude REAL,
  geonames_id INTEGER,
  population INTEGER,
  everywhere INTEGER NOT NULL DEFAULT 0 CHECK(everywhere IN (0, 1)),  -- watched by every team chat
  added_at INTEGER NOT NULL,
  removed_at INTEGER,
  CHECK((latitude IS NULL) = (longitude IS NULL))
) STRICT;

CREATE TABLE place_name(
  id INTEGER PRIMARY KEY,
  place_id INTEGER NOT NULL REFERENCES place,
  text TEXT NOT NULL CHECK(text <> ''),
  language TEXT NOT NULL,
  kind TEXT NOT NULL,
  since INTEGER,   -- year
  until INTEGER,   -- year
  source TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1 CHECK(active IN (0, 1)),
  UNIQUE(place_id, text, language)
) STRICT;

-- id = posted_at in seconds << 20 | a number within that second: "newest first" is a range scan.
CREATE TABLE post(
  id INTEGER PRIMARY KEY,
  channel_id INTEGER NOT NULL REFERENCES channel,
  message_id INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  rev INTEGER NOT NULL DEFAULT 0,
  seen_at INTEGER NOT NULL,          -- when the current revision was first seen
  edited_at INTEGER,
  changed_at INTEGER,                -- Telegram's own date: says which of two states is the newer one
  deleted_at INTEGER,                -- when the deletion became known
  text TEXT NOT NULL,
  preview TEXT NOT NULL,
  entities TEXT NOT NULL CHECK(json_valid(entities)),
  author TEXT,
  forward_telegram_id INTEGER,
  forward_message_id INTEGER,
  forward_name TEXT,
  forward_posted_at INTEGER,
  reply_to INTEGER,
  grouped_id INTEGER,
  media TEXT CHECK(media IS NULL OR json_valid(media)),
  protected INTEGER NOT NULL CHECK(protected IN (0, 1)),
  examined TEXT NOT NULL CHECK(examined IN ('yes', 'no text', 'failed')),
  UNIQUE(channel_id, message_id)
) STRICT;
CREATE INDEX post_channel ON post(channel_id, id);
CREATE INDEX post_album ON post(channel_id, grouped_id) WHERE grouped_id IS NOT NULL;

-- What a post said before; what it says now stands in `post`.
CREATE TABLE revision(
  post_id INTEGER NOT NULL REFERENCES post,
  number INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  edited_at INTEGER,
  text TEXT NOT NULL,
  preview TEXT NOT NULL,
  entities TEXT NOT NULL,
  media TEXT,
  PRIMARY KEY(post_id, number)
) STRICT, WITHOUT ROWID;

-- Apart from what was said: these change all the time.
CREATE TABLE post_stat(
  post_id INTEGER PRIMARY KEY REFERENCES post, views INTEGER, forwards INTEGER, sampled_at INTEGER NOT NULL
) STRICT;

CREATE TABLE mention(
  post_id INTEGER NOT NULL REFERENCES post,
  rev INTEGER NOT NULL,
  start INTEGER NOT NULL,            -- code points into text + "\n" + preview
  end INTEGER NOT NULL CHECK(end > start),
  place_id INTEGER NOT NULL REFERENCES place,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  surface TEXT NOT NULL,
  confidence REAL NOT NULL CHECK(confidence BETWEEN 0 AND 1),
  why TEXT NOT NULL,
  rivals TEXT NOT NULL CHECK(json_valid(rivals)),
  PRIMARY KEY(post_id, rev, start, end, place_id)
) STRICT, WITHOUT ROWID;

-- Best confidence of a place over all revisions of a post: what was said once stays findable.
CREATE TABLE post_place(
  place_id INTEGER NOT NULL REFERENCES place,
  post_id INTEGER NOT NULL REFERENCES post,
  confidence REAL NOT NULL,
  PRIMARY KEY(place_id, post_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_place_post ON post_place(post_id);

CREATE TABLE chat(
  id INTEGER PRIMARY KEY,            -- as bots see it: -100… supergroups, negative groups
  title TEXT,
  added_at INTEGER NOT NULL,
  held_until INTEGER,
  problem TEXT,
  problem_at INTEGER
) STRICT;

CREATE TABLE watch(
  chat_id INTEGER NOT NULL REFERENCES chat,
  place_id INTEGER NOT NULL REFERENCES place,
  since INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY(chat_id, place_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_place ON watch(place_id);

-- Everything that goes out: the state that a chat is owed, not a queue of operations.
CREATE TABLE owed(
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chat,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  wanted TEXT NOT NULL,
  first TEXT,                        -- the exact text of the first attempt, fixed before it
  shown TEXT,
  random_id INTEGER NOT NULL,
  message_id INTEGER,                -- 0: arrived, but Telegram never told its id
  reply_to INTEGER,
  silent INTEGER NOT NULL DEFAULT 0,
  plain INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  delivered_at INTEGER,
  due INTEGER NOT NULL GENERATED ALWAYS AS (shown IS NULL OR shown <> wanted) STORED,
  UNIQUE(chat_id, kind, subject)
) STRICT;
CREATE INDEX owed_due ON owed(chat_id, id) WHERE due = 1;
CREATE INDEX owed_subject ON owed(subject);

-- Who asked for what; a command delivered twice acts once.
CREATE TABLE audit(
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  chat_id INTEGER,
  message_id INTEGER,
  actor TEXT NOT NULL,
  command TEXT NOT NULL,
  outcome TEXT NOT NULL,
  UNIQUE(chat_id, message_id)
) STRICT;
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

-- Folded by `storage.folding`; contentless, so that the text is not stored twice.
CREATE VIRTUAL TABLE post_fts USING fts5(text, content='', tokenize="unicode61 remove_diacritics 0");
