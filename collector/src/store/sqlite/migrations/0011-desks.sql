-- The route by which a message went, and when its opening was also told by the way round.
ALTER TABLE deliveries ADD COLUMN route TEXT;
ALTER TABLE deliveries ADD COLUMN fallback_at INTEGER;

-- What was last seen of a ticket, when, and when we last wrote status or priority into it. Gone: it is in the desk no more.
ALTER TABLE tickets ADD COLUMN seen_json TEXT;
ALTER TABLE tickets ADD COLUMN read_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN wrote_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN gone_at INTEGER;
ALTER TABLE tickets ADD COLUMN rating INTEGER;
-- Since when the ticket says something else than the incident.
ALTER TABLE tickets ADD COLUMN apart_at INTEGER;
CREATE INDEX tickets_by_external ON tickets (desk, external_id);

-- How far the changes of a desk were looked through.
CREATE TABLE desk_cursors (
  desk TEXT PRIMARY KEY,
  cursor TEXT NOT NULL,
  looked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts of the customer's files as they were taken last, so that they go on after a restart while the file on the disk is wrong.
CREATE TABLE kept_texts (
  kind TEXT NOT NULL,
  position INTEGER NOT NULL,
  tenant_id TEXT NOT NULL DEFAULT 'main',
  file TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (kind, position)
) STRICT, WITHOUT ROWID;

-- Texts of tickets as a tenant's people wrote them. The newest row of a kind and language is in force; without a text the shipped one is.
CREATE TABLE ticket_templates (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  kind TEXT NOT NULL CHECK (kind IN ('title', 'body')),
  language TEXT NOT NULL CHECK (language IN ('ru', 'en')),
  text TEXT,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- When it last did not suit an incident, and why.
  failed_at INTEGER,
  failure TEXT
) STRICT;
CREATE INDEX ticket_templates_by_name ON ticket_templates (tenant_id, kind, language, id);
