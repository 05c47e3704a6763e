-- What was kept, in the order of keeping: each entry names the hash of the one before it (storage/proof.py).
CREATE TABLE proof(
  number INTEGER PRIMARY KEY,        -- 1, 2, 3, … without a hole
  -- Not IN (…): SQLite builds a table of such a list for every row, which takes as long as all the rest of the insertion.
  kind TEXT NOT NULL CHECK(kind = 'kept' OR kind = 'revised' OR kind = 'detail' OR kind = 'fuller' OR kind = 'deleted'
    OR kind = 'returned' OR kind = 'pruned' OR kind = 'adopted' OR kind = 'adopted deletion'),
  at INTEGER NOT NULL,               -- when it was entered
  post_id INTEGER NOT NULL,          -- no reference: a pruned post's entries stay
  channel_id INTEGER NOT NULL,
  telegram_id INTEGER,               -- the channel as it was known then
  username TEXT,
  message_id INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  said BLOB CHECK(length(said) = 32),
  details BLOB CHECK(length(details) = 32),
  previous BLOB NOT NULL CHECK(length(previous) = 32),
  hash BLOB NOT NULL CHECK(length(hash) = 32)
) STRICT;
CREATE INDEX proof_post ON proof(post_id, rev);
CREATE TRIGGER proof_keeps_rows BEFORE DELETE ON proof BEGIN SELECT RAISE(ABORT, 'proof is append-only'); END;
CREATE TRIGGER proof_keeps_words BEFORE UPDATE ON proof BEGIN SELECT RAISE(ABORT, 'proof is append-only'); END;

-- Posts from before the ledger, in the order in which they came; each leaves this table as it is entered.
CREATE TABLE proof_waiting(number INTEGER PRIMARY KEY, post_id INTEGER NOT NULL) STRICT;
INSERT INTO proof_waiting(post_id) SELECT id FROM post ORDER BY received_at, id;
