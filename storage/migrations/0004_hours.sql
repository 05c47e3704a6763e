-- A digest whose time came before the team asked for digests at that time is not made up for.
ALTER TABLE chat ADD COLUMN digest_since INTEGER;

-- What was edited or deleted in a digest's period, however old the post.
CREATE INDEX post_revised ON post(seen_at) WHERE rev > 0;
CREATE INDEX post_deleted ON post(deleted_at) WHERE deleted_at IS NOT NULL;
