-- What the service adds to incidents: who is not told yet, what a mass incident holds together.
ALTER TABLE incidents ADD COLUMN untold TEXT;
ALTER TABLE incidents ADD COLUMN parent_id TEXT REFERENCES incidents (id);
CREATE INDEX incidents_by_parent ON incidents (parent_id) WHERE parent_id IS NOT NULL;
