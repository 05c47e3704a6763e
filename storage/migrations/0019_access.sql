-- Who may see the review page and the API. Of links, sessions and tokens only a hash is kept.
CREATE TABLE web_user(
  user_id INTEGER PRIMARY KEY,               -- Telegram's
  name TEXT NOT NULL,
  role TEXT CHECK(role IN ('none', 'read', 'review', 'admin')),    -- as the operator said; NULL: as the chat says
  chat_role TEXT CHECK(chat_role IN ('read', 'review', 'admin')),  -- from the chat, when the last link was made
  chat_id INTEGER,
  added_at INTEGER NOT NULL,
  link_at INTEGER                            -- when a link was last made
) STRICT;

CREATE TABLE web_link(
  hash BLOB PRIMARY KEY,                     -- SHA-256 of what the link holds
  user_id INTEGER,                           -- NULL: whoever has the machine's command line
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX web_link_user ON web_link(user_id, made_at);

CREATE TABLE web_session(
  hash BLOB PRIMARY KEY,                     -- SHA-256 of the cookie
  user_id INTEGER,
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_session_user ON web_session(user_id);

CREATE TABLE api_token(
  hash BLOB PRIMARY KEY,                     -- SHA-256 of the token
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role TEXT NOT NULL CHECK(role IN ('read', 'review', 'admin')),
  made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
