-- What posts said before, each revision a row of its own, so that no query is answered by words of two versions.
-- rowid = post_id << 11 | (number + 512): in the order of time, as posts are. Contentless, folded like `post_fts`
-- (the function `folded` is storage/earlier.py's); the triggers hold it to the table `revision`, whoever writes there.
CREATE VIRTUAL TABLE earlier_fts USING fts5(text, content='', tokenize="unicode61 remove_diacritics 0");
-- The words that stand in either index: which of a word's forms are worth asking for.
CREATE VIRTUAL TABLE post_word USING fts5vocab(post_fts, instance);
CREATE VIRTUAL TABLE earlier_word USING fts5vocab(earlier_fts, instance);
CREATE TRIGGER earlier_said AFTER INSERT ON revision WHEN new.number BETWEEN -512 AND 1535 BEGIN
  INSERT INTO earlier_fts(rowid, text) VALUES (new.post_id << 11 | (new.number + 512), folded(new.text));
END;
CREATE TRIGGER earlier_gone AFTER DELETE ON revision WHEN old.number BETWEEN -512 AND 1535 BEGIN
  INSERT INTO earlier_fts(earlier_fts, rowid, text)
    VALUES ('delete', old.post_id << 11 | (old.number + 512), folded(old.text));
END;

-- Revisions from before this index; each leaves the table as it is indexed.
CREATE TABLE earlier_waiting(post_id INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(post_id, number)) STRICT, WITHOUT ROWID;
INSERT INTO earlier_waiting(post_id, number) SELECT post_id, number FROM revision;
