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

-- Ids of what desks told by themselves, so that each is taken once; forgotten after a while, and bounded for each desk.
CREATE TABLE desk_news (
  desk TEXT NOT NULL,
  news_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (desk, news_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_news_by_time ON desk_news (desk, at);
-- Calls of desks name a ticket by its number, too.
CREATE INDEX tickets_by_number ON tickets (desk, number);

-- A number means one ticket in one installation of a desk only: which one it was written in, and which one the desk of that name is now.
ALTER TABLE tickets ADD COLUMN place TEXT;
ALTER TABLE desk_states ADD COLUMN place TEXT;
-- Comments of the ticket that were carried over since then, and those that were not any more: two desks that answer one another by
-- themselves would never end.
ALTER TABLE tickets ADD COLUMN carried_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN left_there INTEGER NOT NULL DEFAULT 0;
CREATE INDEX tickets_left_there ON tickets (desk, tenant_id) WHERE left_there > 0;

-- What its tenant wanted when a person solved it while the fault lasted; null before that.
ALTER TABLE incidents ADD COLUMN unfixed_policy TEXT;

-- The message by the way round that told of an opening. Where it tells of many incidents at once its ticket is no one's own: it stays here.
ALTER TABLE deliveries ADD COLUMN told_by INTEGER;
ALTER TABLE deliveries ADD COLUMN ticket_json TEXT;
CREATE INDEX deliveries_told_by ON deliveries (told_by) WHERE told_by IS NOT NULL;
-- When the desk called last.
ALTER TABLE desk_states ADD COLUMN called_at INTEGER;

-- Tickets that carry the key of an incident besides its own: when its key was last searched for, and the numbers that were found then.
ALTER TABLE tickets ADD COLUMN searched_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN others TEXT;

-- How a tenant's tickets in a desk and its incidents agreed when the two were compared last.
CREATE TABLE desk_checks (
  desk TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- Openings that left no ticket and were sent again, since ever.
  repaired INTEGER NOT NULL,
  found_json TEXT NOT NULL,
  PRIMARY KEY (desk, tenant_id)
) STRICT, WITHOUT ROWID;

-- Openings that no route could take because no file of routes was ever right: told to desks as soon as one is.
CREATE TABLE owed_openings (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The page of desks counts them, and they are nearly all.
CREATE INDEX deliveries_delivered ON deliveries (desk, tenant_id) WHERE state = 'delivered';
