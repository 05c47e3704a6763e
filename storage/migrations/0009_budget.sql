-- How often a channel is asked for, beside the others.
ALTER TABLE channel ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal' CHECK(priority IN ('high', 'normal', 'low'));

-- Telegram has named a wait: until it is over, that account does not ask with that method.
CREATE TABLE hold(
  account TEXT NOT NULL,
  method TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  seconds REAL NOT NULL CHECK(seconds > 0),
  PRIMARY KEY(account, method)
) STRICT, WITHOUT ROWID;

-- A pace that must outlive a restart: when all turns that were taken so far are paid for.
CREATE TABLE pace(
  account TEXT NOT NULL, method TEXT NOT NULL, paid_at INTEGER NOT NULL, PRIMARY KEY(account, method)
) STRICT, WITHOUT ROWID;

-- Channels that the operator wants an account to join or to leave; a wish that came true is gone.
CREATE TABLE joining(
  account TEXT NOT NULL,
  channel_id INTEGER NOT NULL REFERENCES channel,
  state TEXT NOT NULL CHECK(state IN ('to join', 'to leave', 'asked', 'refused')),
  problem TEXT,
  since INTEGER NOT NULL,
  PRIMARY KEY(account, channel_id)
) STRICT, WITHOUT ROWID;

-- When an account last asked anew how to address a channel. Telegram's number of the account: another one may
-- have signed in under the same name.
CREATE TABLE renewal(
  account TEXT NOT NULL,
  channel_id INTEGER NOT NULL REFERENCES channel,
  telegram_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(account, channel_id)
) STRICT, WITHOUT ROWID;

-- How far posts of an age have been looked at again for silent edits and deletions.
CREATE TABLE recheck(
  channel_id INTEGER NOT NULL REFERENCES channel,
  age TEXT NOT NULL,                 -- a band of ages, by name
  began_at INTEGER NOT NULL,         -- of the pass that is under way, or of the last one
  reached INTEGER,                   -- message id down to which that pass has come; NULL once it is over
  PRIMARY KEY(channel_id, age)
) STRICT, WITHOUT ROWID;
