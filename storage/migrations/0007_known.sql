-- How a post reached us: the account's reading, an export's file or the public web page, from the fullest to the poorest.
ALTER TABLE post ADD COLUMN source TEXT NOT NULL DEFAULT 'telegram' CHECK(source IN ('telegram', 'export', 'preview'));

-- Message ids that are known: each was asked for, and what stood there then is kept. Ranges of one channel neither
-- overlap nor touch.
CREATE TABLE known(
  channel_id INTEGER NOT NULL REFERENCES channel,
  low INTEGER NOT NULL CHECK(low > 0),
  high INTEGER NOT NULL CHECK(high >= low),
  PRIMARY KEY(channel_id, low)
) STRICT, WITHOUT ROWID;
