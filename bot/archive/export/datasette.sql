-- Times are ISO 8601 in UTC, as text, but in `ledger`, whose entries stand as they are hashed (Unix milliseconds).
CREATE TABLE about(what TEXT NOT NULL, said TEXT);
CREATE TABLE channels(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, who_speaks TEXT NOT NULL, title TEXT NOT NULL, side TEXT, standing TEXT,
  owner TEXT, link TEXT NOT NULL, state TEXT NOT NULL, read_at TEXT
);
CREATE TABLE places(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, region TEXT, latitude REAL, longitude REAL, geonames_id INTEGER,
  population INTEGER, area TEXT
);
CREATE TABLE place_names(
  place_id INTEGER NOT NULL REFERENCES places(id), name TEXT NOT NULL, language TEXT NOT NULL, kind TEXT NOT NULL,
  since INTEGER, until INTEGER, in_use INTEGER NOT NULL
);
CREATE TABLE statements(
  id INTEGER PRIMARY KEY, channel_id INTEGER NOT NULL REFERENCES channels(id), message_id INTEGER NOT NULL,
  link TEXT NOT NULL, posted_at TEXT NOT NULL, received_at TEXT NOT NULL, edited_at TEXT, deleted_at TEXT,
  version INTEGER NOT NULL, text TEXT NOT NULL, preview TEXT NOT NULL, media TEXT, forwarded_from TEXT, repeats TEXT,
  repeats_how TEXT, protected INTEGER NOT NULL, source TEXT NOT NULL, found_in_version INTEGER NOT NULL,
  ledger_entries TEXT, digest TEXT, ledger_head TEXT
);
CREATE TABLE versions(
  statement_id INTEGER NOT NULL REFERENCES statements(id), version INTEGER NOT NULL, seen_at TEXT NOT NULL,
  edited_at TEXT, text TEXT NOT NULL, PRIMARY KEY(statement_id, version)
);
CREATE TABLE mentions(
  statement_id INTEGER NOT NULL REFERENCES statements(id), place_id INTEGER NOT NULL REFERENCES places(id),
  confidence REAL NOT NULL, names TEXT NOT NULL, why TEXT NOT NULL, relevance TEXT, PRIMARY KEY(statement_id, place_id)
);
CREATE TABLE gaps(
  channel_id INTEGER NOT NULL REFERENCES channels(id), first_message INTEGER, last_message INTEGER, since TEXT NOT NULL,
  until TEXT, why TEXT NOT NULL, made_up_for_at TEXT
);
CREATE TABLE ledger(
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, statement_id INTEGER NOT NULL,
  channel_id INTEGER NOT NULL, telegram_id INTEGER, username TEXT, message_id INTEGER NOT NULL, rev INTEGER NOT NULL,
  said TEXT, details TEXT, previous TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX statements_posted ON statements(posted_at);
CREATE INDEX statements_channel ON statements(channel_id, posted_at);
CREATE INDEX mentions_place ON mentions(place_id, statement_id);
CREATE INDEX ledger_statement ON ledger(statement_id);
CREATE VIRTUAL TABLE statements_fts USING fts5(text, preview, content="statements", content_rowid="id",
  tokenize="unicode61 remove_diacritics 2");
CREATE VIEW what_was_said AS
  SELECT s.id, s.posted_at, c.who_speaks, c.name AS channel, c.side, s.text,
    (SELECT group_concat(p.name, ', ') FROM mentions m JOIN places p ON p.id = m.place_id
      WHERE m.statement_id = s.id) AS places,
    s.edited_at, s.deleted_at, s.forwarded_from, s.link, s.digest
  FROM statements s JOIN channels c ON c.id = s.channel_id;
CREATE VIEW what_was_said_about_places AS
  SELECT p.name AS place, p.region, s.posted_at, c.who_speaks, c.name AS channel, c.side, s.text, m.confidence, m.names,
    m.why, m.relevance, s.edited_at, s.deleted_at, s.link, p.latitude, p.longitude, s.id AS statement_id
  FROM mentions m JOIN places p ON p.id = m.place_id JOIN statements s ON s.id = m.statement_id
    JOIN channels c ON c.id = s.channel_id;
CREATE VIEW what_was_said_before AS
  SELECT s.link, c.who_speaks, v.version, v.seen_at, v.text AS said_before, s.text AS says_now, s.deleted_at
  FROM versions v JOIN statements s ON s.id = v.statement_id JOIN channels c ON c.id = s.channel_id;
