-- The route by which a message went, and when its opening was also told by the way round.
ALTER TABLE deliveries ADD COLUMN route TEXT;
ALTER TABLE deliveries ADD COLUMN fallback_at INTEGER;

-- Texts of the customer's files as they were taken last, so that they go on after a restart while the file on the disk is wrong.
CREATE TABLE kept_texts (
  kind TEXT NOT NULL,
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (kind, position)
) STRICT, WITHOUT ROWID;
