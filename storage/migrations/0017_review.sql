-- The place is right, and the statement is not what the team looks for: a decision of its own.
CREATE TABLE review_anew(
  post_id INTEGER NOT NULL REFERENCES post,  -- the story's first post
  place_id INTEGER NOT NULL REFERENCES place,
  state TEXT NOT NULL CHECK(state IN ('relevant', 'not relevant', 'wrong', 'second look')),
  reason TEXT CHECK(reason IN ('person', 'other place', 'word')),
  other_place TEXT,
  name TEXT,                                 -- the name whose form was found there
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY(post_id, place_id)
) STRICT, WITHOUT ROWID;
INSERT INTO review_anew SELECT post_id, place_id, state, reason, other_place, name, actor, at, version FROM review;
DROP TABLE review;
ALTER TABLE review_anew RENAME TO review;
CREATE INDEX review_place ON review(place_id, state);

-- Who sees to a statement. A row stays when nobody does any more: versions never go back.
CREATE TABLE assignment(
  post_id INTEGER PRIMARY KEY REFERENCES post,  -- the story's first post
  assignee TEXT CHECK(assignee <> ''),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
) STRICT;

-- Words of the team's own, by which statements are found again.
CREATE TABLE tag(
  post_id INTEGER NOT NULL REFERENCES post,     -- the story's first post
  word TEXT NOT NULL CHECK(word <> ''),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(post_id, word)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_word ON tag(word);

CREATE TABLE note(
  id INTEGER PRIMARY KEY,
  post_id INTEGER NOT NULL REFERENCES post,     -- the story's first post
  text TEXT NOT NULL CHECK(text <> ''),
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX note_post ON note(post_id);
-- What was done about one statement is found by how its command begins: "review post:1:2 …".
CREATE INDEX audit_command ON audit(command);
