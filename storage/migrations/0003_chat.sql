-- Who speaks in a channel, as the team sees it.
ALTER TABLE channel ADD COLUMN side TEXT;      -- in the team's words: "Ukraine", "Russia", …
ALTER TABLE channel ADD COLUMN standing TEXT;  -- how official: "official", "affiliated", "media", "observer"
ALTER TABLE channel ADD COLUMN owner TEXT;     -- channels of one owner are one source

-- How a chat wants to be told. Times of day are local to the team's zone.
ALTER TABLE chat ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE chat ADD COLUMN output TEXT;            -- a place outside Telegram (apprise); its address is a setting
ALTER TABLE chat ADD COLUMN paused_at INTEGER;      -- nothing is told until it is resumed
ALTER TABLE chat ADD COLUMN released_at INTEGER;    -- what was owed before and not sent comes as one summary
ALTER TABLE chat ADD COLUMN muted_until INTEGER;
ALTER TABLE chat ADD COLUMN digest_at TEXT CHECK(digest_at GLOB '[0-2][0-9]:[0-5][0-9]');
ALTER TABLE chat ADD COLUMN quiet_from TEXT CHECK(quiet_from GLOB '[0-2][0-9]:[0-5][0-9]');
ALTER TABLE chat ADD COLUMN quiet_to TEXT CHECK(quiet_to GLOB '[0-2][0-9]:[0-5][0-9]');
ALTER TABLE chat ADD COLUMN quiet_how TEXT CHECK(quiet_how IN ('hold', 'silent', 'urgent'));
ALTER TABLE chat ADD COLUMN follow_ups TEXT NOT NULL DEFAULT 'silent' CHECK(follow_ups IN ('silent', 'loud', 'off'));
ALTER TABLE chat ADD COLUMN moved_to INTEGER;       -- the supergroup that a basic group became

-- How a chat wants to be told about one place; NULL: as everywhere.
ALTER TABLE watch ADD COLUMN min_confidence REAL CHECK(min_confidence BETWEEN 0 AND 1);
ALTER TABLE watch ADD COLUMN kinds TEXT;            -- of mentions, separated by commas
ALTER TABLE watch ADD COLUMN channels TEXT;         -- row ids, separated by commas: only these channels
ALTER TABLE watch ADD COLUMN topic INTEGER;         -- of a forum
ALTER TABLE watch ADD COLUMN delivery TEXT NOT NULL DEFAULT 'alert'
  CHECK(delivery IN ('alert', 'silent', 'urgent', 'digest'));
ALTER TABLE watch ADD COLUMN muted_until INTEGER;

-- Posts that repeat a statement which was kept before. The story is known by its first post.
CREATE TABLE story_member(
  post_id INTEGER PRIMARY KEY REFERENCES post,
  first_id INTEGER NOT NULL REFERENCES post,
  how TEXT NOT NULL CHECK(how IN ('original', 'forward', 'copy', 'near copy')),
  why TEXT NOT NULL
) STRICT;
CREATE INDEX story_member_first ON story_member(first_id);
-- A forward that was seen before its original is found by where it comes from.
CREATE INDEX post_forward ON post(forward_telegram_id, forward_message_id) WHERE forward_telegram_id IS NOT NULL;
-- What near copies are found by, for posts that mention a place.
CREATE TABLE fingerprint(post_id INTEGER PRIMARY KEY REFERENCES post, data BLOB NOT NULL) STRICT;

-- What goes out, made anew: with buttons, topics, replies to other messages that go out, and a pace for edits.
CREATE TABLE owed_anew(
  id INTEGER PRIMARY KEY,
  chat_id INTEGER NOT NULL REFERENCES chat,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  wanted TEXT NOT NULL,              -- HTML
  buttons TEXT,                      -- rows of [words, data, address]; NULL for none
  brief TEXT,                        -- HTML of one line, for a summary that tells of it instead
  first TEXT,                        -- the exact text of the first attempt, fixed before it
  shown TEXT,
  shown_buttons TEXT,
  random_id INTEGER NOT NULL,
  message_id INTEGER,                -- 0: arrived, but Telegram never told its id
  reply_to INTEGER,                  -- a message of the chat
  answers INTEGER,                   -- the row whose message this one replies to, once that has arrived
  topic INTEGER,
  ask INTEGER NOT NULL DEFAULT 0 CHECK(ask IN (0, 1)),  -- the person who is answered is asked to reply
  silent INTEGER NOT NULL DEFAULT 0,
  urgent INTEGER NOT NULL DEFAULT 0,
  plain INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL,
  said_at INTEGER,                   -- when what an alert tells was said
  created_at INTEGER NOT NULL,
  delivered_at INTEGER,
  changed_at INTEGER,                -- when the chat was last given another text
  folded INTEGER,                    -- the summary that tells of it instead
  due INTEGER NOT NULL GENERATED ALWAYS AS (
    folded IS NULL AND (shown IS NULL OR shown <> wanted OR shown_buttons IS NOT buttons)) STORED,
  UNIQUE(chat_id, kind, subject)
) STRICT;
INSERT INTO owed_anew(id, chat_id, kind, subject, wanted, first, shown, random_id, message_id, reply_to, silent, plain,
  attempts, not_before, created_at, delivered_at, changed_at)
SELECT id, chat_id, kind, subject, wanted, first, shown, random_id, message_id, reply_to, silent, plain, attempts,
  not_before, created_at, delivered_at, delivered_at FROM owed;
DROP TABLE owed;
ALTER TABLE owed_anew RENAME TO owed;
CREATE INDEX owed_due ON owed(chat_id, id) WHERE due = 1;
CREATE INDEX owed_subject ON owed(subject);
CREATE INDEX owed_message ON owed(chat_id, message_id);

-- Presses of buttons that have acted; Telegram may deliver one twice.
CREATE TABLE press(query_id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;

-- What a member was asked and has not answered yet.
CREATE TABLE dialogue(
  chat_id INTEGER NOT NULL,
  actor_id INTEGER NOT NULL,
  command TEXT NOT NULL,             -- the command that waits for its argument
  asked INTEGER,                     -- the row of `owed` that asks
  expires_at INTEGER NOT NULL,
  PRIMARY KEY(chat_id, actor_id)
) STRICT, WITHOUT ROWID;

-- What a member is about to decide by buttons, too long for a button's data.
CREATE TABLE draft(
  id INTEGER PRIMARY KEY, chat_id INTEGER NOT NULL, actor_id INTEGER NOT NULL, what TEXT NOT NULL, data TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- What people decided about a statement and a place, apart from what was said.
CREATE TABLE review(
  post_id INTEGER NOT NULL REFERENCES post,  -- the story's first post
  place_id INTEGER NOT NULL REFERENCES place,
  state TEXT NOT NULL CHECK(state IN ('relevant', 'wrong', 'second look')),
  reason TEXT CHECK(reason IN ('person', 'other place', 'word')),
  other_place TEXT,
  name TEXT,                                 -- the name whose form was found there
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY(post_id, place_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_place ON review(place_id, state);

-- Digests and bursts that have been told: one a local date, whatever the clock does.
CREATE TABLE told(
  chat_id INTEGER NOT NULL REFERENCES chat, what TEXT NOT NULL, period TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(chat_id, what, period)
) STRICT, WITHOUT ROWID;
