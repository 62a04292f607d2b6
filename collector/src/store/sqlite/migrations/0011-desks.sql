-- The route by which a message went, and when its opening was also told by the way round.
ALTER TABLE deliveries ADD COLUMN route TEXT;
ALTER TABLE deliveries ADD COLUMN fallback_at INTEGER;
CREATE INDEX deliveries_round ON deliveries (desk, tenant_id, created_at) WHERE route = '(fallback)';

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
ALTER TABLE desk_states ADD COLUMN cursor TEXT;
ALTER TABLE desk_states ADD COLUMN looked_at INTEGER;

-- Texts of the customer's files as they were taken last, so that they go on after a restart while the file on the disk is wrong.
CREATE TABLE kept_texts (
  kind TEXT NOT NULL,
  position INTEGER NOT NULL,
  tenant_id TEXT NOT NULL DEFAULT 'main',
  file TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (kind, position)
) STRICT, WITHOUT ROWID;

-- What support would ask for with a ticket: charts and logs, made once for each incident. Texts are packed with gzip; size is that of the
-- file as it is read.
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  name TEXT NOT NULL,
  sort TEXT NOT NULL CHECK (sort IN ('chart', 'log')),
  language TEXT NOT NULL,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (incident_id, name)
) STRICT;
CREATE INDEX attachments_by_time ON attachments (created_at);

-- Incidents whose evidence is still to be gathered, and how far that is.
CREATE TABLE evidence_work (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('chart', 'ask', 'log')),
  due_at INTEGER NOT NULL,
  -- Until when an answer of the agent is waited for, and which command asked; null while nothing was asked.
  until INTEGER,
  command_id TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_work_due ON evidence_work (due_at);

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
