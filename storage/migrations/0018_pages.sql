-- Who mentions a place belongs beside when: a place's timeline by side is then a range of this one table.
CREATE TABLE post_place_anew(
  place_id INTEGER NOT NULL REFERENCES place,
  post_id INTEGER NOT NULL REFERENCES post,
  confidence REAL NOT NULL,
  channel_id INTEGER NOT NULL REFERENCES channel,
  PRIMARY KEY(place_id, post_id)
) STRICT, WITHOUT ROWID;
INSERT INTO post_place_anew(place_id, post_id, confidence, channel_id)
  SELECT x.place_id, x.post_id, x.confidence, p.channel_id FROM post_place x JOIN post p ON p.id = x.post_id
  ORDER BY x.place_id, x.post_id;
DROP TABLE post_place;
ALTER TABLE post_place_anew RENAME TO post_place;
CREATE INDEX post_place_post ON post_place(post_id);

-- How many posts name a place so, in any of their revisions: mentions lie by post, and to count a busy place's takes long.
CREATE TABLE name_use(
  place_id INTEGER NOT NULL REFERENCES place,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY(place_id, name, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO name_use(place_id, name, kind, posts)
  SELECT place_id, name, kind, count(DISTINCT post_id) FROM mention GROUP BY place_id, name, kind;
CREATE TRIGGER mention_is_counted AFTER INSERT ON mention
WHEN 1 = (SELECT count(*) FROM mention m WHERE m.post_id = new.post_id AND m.place_id = new.place_id
  AND m.name = new.name AND m.kind = new.kind)
BEGIN
  INSERT INTO name_use(place_id, name, kind, posts) VALUES (new.place_id, new.name, new.kind, 1)
    ON CONFLICT DO UPDATE SET posts = posts + 1;
END;
CREATE TRIGGER mention_counts_no_more AFTER DELETE ON mention
WHEN NOT EXISTS (SELECT 1 FROM mention m WHERE m.post_id = old.post_id AND m.place_id = old.place_id
  AND m.name = old.name AND m.kind = old.kind)
BEGIN
  UPDATE name_use SET posts = posts - 1 WHERE place_id = old.place_id AND name = old.name AND kind = old.kind;
END;
