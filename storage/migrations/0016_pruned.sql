-- What was forgotten stays so: a channel goes on showing it, and is not to bring it back.
CREATE INDEX proof_pruned ON proof(channel_id, message_id) WHERE kind = 'pruned';
