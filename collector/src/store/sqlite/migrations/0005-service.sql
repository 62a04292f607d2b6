-- What the service adds to incidents: who is not told yet, what a mass incident holds together.
ALTER TABLE incidents ADD COLUMN untold TEXT;
ALTER TABLE incidents ADD COLUMN parent_id TEXT REFERENCES incidents (id);
CREATE INDEX incidents_by_parent ON incidents (parent_id) WHERE parent_id IS NOT NULL;
-- What people do with them: classify, ask, wait, give up, mute, pin, call critical.
ALTER TABLE incidents ADD COLUMN kind TEXT NOT NULL DEFAULT 'incident';
ALTER TABLE incidents ADD COLUMN type TEXT NOT NULL DEFAULT 'failure';
ALTER TABLE incidents ADD COLUMN category TEXT NOT NULL DEFAULT 'other';
ALTER TABLE incidents ADD COLUMN source TEXT NOT NULL DEFAULT 'monitoring';
ALTER TABLE incidents ADD COLUMN line INTEGER NOT NULL DEFAULT 1;
ALTER TABLE incidents ADD COLUMN resolution_mode TEXT;
ALTER TABLE incidents ADD COLUMN solved_by_line INTEGER;
ALTER TABLE incidents ADD COLUMN acted_line INTEGER;
ALTER TABLE incidents ADD COLUMN duplicate_of TEXT;
ALTER TABLE incidents ADD COLUMN priority_side TEXT;
ALTER TABLE incidents ADD COLUMN executed_at INTEGER;
ALTER TABLE incidents ADD COLUMN clearing_since INTEGER;
ALTER TABLE incidents ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN muted_until INTEGER;
ALTER TABLE incidents ADD COLUMN waiting_since INTEGER;
ALTER TABLE incidents ADD COLUMN waiting_for TEXT;
ALTER TABLE incidents ADD COLUMN waiting_marks_json TEXT;
ALTER TABLE incidents ADD COLUMN waiting_reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN pending_on TEXT;
ALTER TABLE incidents ADD COLUMN estimate_minutes INTEGER;
ALTER TABLE incidents ADD COLUMN critical_at INTEGER;
ALTER TABLE incidents ADD COLUMN critical_by TEXT;
ALTER TABLE incidents ADD COLUMN critical_reason_json TEXT;
ALTER TABLE incidents ADD COLUMN reopens_flap INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN client_id TEXT;
ALTER TABLE incidents ADD COLUMN site_id TEXT;
ALTER TABLE incidents ADD COLUMN priority_manual INTEGER;
UPDATE incidents SET priority_manual = priority, priority_side = 'support' WHERE priority_author IS NOT NULL;
UPDATE incidents SET site_id =
  (SELECT coalesce(t.site_id, a.site_id) FROM agents a LEFT JOIN terminals t ON t.agent_id = a.id AND t.tenant_id = a.tenant_id WHERE a.id = incidents.agent_id);
UPDATE incidents SET client_id = (SELECT s.client_id FROM sites s WHERE s.id = incidents.site_id);
-- Finished ones whose fault lasts: muted by a person, or solved by one too early.
CREATE INDEX incidents_still_bad ON incidents (item_id) WHERE status = 'closed' AND firing = 1;
UPDATE incidents SET executed_at = solved_at WHERE solved_at IS NOT NULL;
UPDATE incidents SET category = CASE cause_class
  WHEN 'ofd' THEN 'ofd'
  WHEN 'fn_end' THEN 'fiscal_drive'
  WHEN 'fn_state' THEN 'fiscal_drive'
  WHEN 'register_error' THEN 'register'
  WHEN 'shift' THEN 'register'
  WHEN 'clock_register' THEN 'register'
  WHEN 'link' THEN 'connection'
  WHEN 'site_link' THEN 'connection'
  WHEN 'agent' THEN 'connection'
  WHEN 'clock_pc' THEN 'workstation'
  WHEN 'disk' THEN 'workstation'
  WHEN 'config' THEN 'setup'
  ELSE 'other' END;

CREATE INDEX incidents_by_site ON incidents (site_id) WHERE status IN ('open', 'in_work', 'waiting');

-- What makes an incident critical: by client, and with an empty client for all others. Null switches a criterion off.
CREATE TABLE critical_criteria (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  client_id TEXT NOT NULL,
  blocking_minutes INTEGER,
  stopped_minutes INTEGER,
  marked_priority INTEGER,
  PRIMARY KEY (tenant_id, client_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE critical_sites (
  site_id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  marked_by TEXT NOT NULL,
  marked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX critical_sites_by_tenant ON critical_sites (tenant_id);
-- How far unfinished incidents are on the way to critical, and sites of which no register sells.
CREATE TABLE critical_watch (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL,
  blocking_ms INTEGER NOT NULL,
  counted_to INTEGER,
  waived INTEGER NOT NULL,
  due_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX critical_watch_due ON critical_watch (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE stopped_sites (
  site_id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stopped_sites_due ON stopped_sites (due_at);

-- Every priority that a person has set.
CREATE TABLE priority_overrides (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  at INTEGER NOT NULL,
  author TEXT NOT NULL,
  side TEXT NOT NULL,
  -- The check that led the incident then; its class where no check carries it.
  rule TEXT NOT NULL,
  from_priority INTEGER NOT NULL,
  computed INTEGER NOT NULL,
  to_priority INTEGER NOT NULL,
  -- In both languages, with the author's words.
  reason_json TEXT NOT NULL,
  -- When the method came to the same or a more urgent one later, if it did.
  reached_at INTEGER
) STRICT;
CREATE INDEX priority_overrides_by_time ON priority_overrides (tenant_id, at);
CREATE INDEX priority_overrides_by_incident ON priority_overrides (incident_id) WHERE reached_at IS NULL;
