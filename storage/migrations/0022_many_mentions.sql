-- A post that names a place thousands of times: whether a mention is the first of its name is known from two of them,
-- where counting all for each took the square of their number.
DROP TRIGGER mention_is_counted;
CREATE TRIGGER mention_is_counted AFTER INSERT ON mention
WHEN 1 = (SELECT count(*) FROM (SELECT 1 FROM mention m WHERE m.post_id = new.post_id AND m.place_id = new.place_id
  AND m.name = new.name AND m.kind = new.kind LIMIT 2))
BEGIN
  INSERT INTO name_use(place_id, name, kind, posts) VALUES (new.place_id, new.name, new.kind, 1)
    ON CONFLICT DO UPDATE SET posts = posts + 1;
END;
