-- What keeps noise down: maintenance windows, mass incidents, the flood limiter. Instants are milliseconds since 1970 UTC.

-- What several sites share; null: not known.
ALTER TABLE sites ADD COLUMN region TEXT;
ALTER TABLE sites ADD COLUMN city TEXT;
ALTER TABLE sites ADD COLUMN provider TEXT;

CREATE INDEX incidents_site_link ON incidents (site_id) WHERE cause_class = 'site_link' AND firing = 1;

CREATE TABLE maintenance_windows (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  scope TEXT NOT NULL CHECK (scope IN ('tenant', 'client', 'site', 'item')),
  scope_id TEXT NOT NULL,
  -- A rule or a cause class; null: everything.
  checked TEXT,
  starts_at INTEGER NOT NULL,
  -- Null: a weekly one without an end.
  ends_at INTEGER,
  -- Weekday to intervals, in the zone of each site; null: once, from start to end.
  weekly_json TEXT,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  agreed INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('person', 'replacement')),
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  ended_by TEXT
) STRICT;
CREATE INDEX maintenance_by_scope ON maintenance_windows (tenant_id, scope, scope_id) WHERE ended_at IS NULL;
CREATE INDEX maintenance_by_time ON maintenance_windows (tenant_id, created_at);

-- One row for each zone in which a window goes on and off by itself.
CREATE TABLE maintenance_turns (
  window_id INTEGER NOT NULL REFERENCES maintenance_windows (id) ON DELETE CASCADE,
  timezone TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  is_on INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  PRIMARY KEY (window_id, timezone)
) STRICT, WITHOUT ROWID;
CREATE INDEX maintenance_turns_due ON maintenance_turns (next_at);

-- What items have in common by their facts: OFD, firmware, driver, programs.
CREATE TABLE item_groups (
  item_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  PRIMARY KEY (item_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_groups_by_value ON item_groups (tenant_id, kind, value, agent_id);
CREATE INDEX item_groups_by_agent ON item_groups (agent_id, kind);
CREATE INDEX sites_by_region ON sites (tenant_id, region) WHERE region IS NOT NULL;
CREATE INDEX sites_by_city ON sites (tenant_id, city) WHERE city IS NOT NULL;
CREATE INDEX sites_by_provider ON sites (tenant_id, provider) WHERE provider IS NOT NULL;
CREATE INDEX agents_by_address ON agents (tenant_id, public_address) WHERE public_address IS NOT NULL;

-- Every fault that holds now and may be part of a mass incident, with what its place and device share with others.
CREATE TABLE mass_onsets (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL,
  cause_class TEXT NOT NULL,
  onset_at INTEGER NOT NULL,
  member_id TEXT NOT NULL,
  site_id TEXT,
  priority INTEGER NOT NULL,
  keys_json TEXT NOT NULL,
  parent_id TEXT,
  -- The incident's own row says so too.
  linked INTEGER NOT NULL DEFAULT 0,
  -- It was let go by a mass incident once: it goes on as an ordinary one until it clears.
  detached INTEGER NOT NULL DEFAULT 0,
  -- A look has taken it into account.
  looked INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX mass_onsets_by_class ON mass_onsets (tenant_id, cause_class, onset_at) WHERE parent_id IS NULL;
CREATE INDEX mass_onsets_by_parent ON mass_onsets (parent_id, site_id) WHERE parent_id IS NOT NULL;
CREATE INDEX mass_onsets_unlinked ON mass_onsets (parent_id) WHERE parent_id IS NOT NULL AND linked = 0;

-- Classes in which something new was seen and nobody has looked yet whether it is one cause.
CREATE TABLE mass_looks (
  tenant_id TEXT NOT NULL,
  cause_class TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, cause_class)
) STRICT, WITHOUT ROWID;
CREATE INDEX mass_looks_due ON mass_looks (due_at);

CREATE TABLE mass_incidents (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL,
  cause_class TEXT NOT NULL,
  key_kind TEXT NOT NULL,
  key_value TEXT NOT NULL,
  -- Registers, or PCs for faults of PCs.
  member_kind TEXT NOT NULL CHECK (member_kind IN ('register', 'pc')),
  -- Equal for the mass incidents of one outage in several tenants.
  outage_id TEXT NOT NULL,
  live INTEGER NOT NULL,
  affected INTEGER NOT NULL,
  peak INTEGER NOT NULL,
  below_since INTEGER,
  -- Null once it is over and has let all its children go.
  next_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX mass_incidents_open ON mass_incidents (cause_class, key_kind, key_value) WHERE next_at IS NOT NULL;
CREATE INDEX mass_incidents_due ON mass_incidents (next_at) WHERE next_at IS NOT NULL;

-- Tickets that were told of late, for the flood limiter.
CREATE TABLE flood_tickets (
  incident_id TEXT NOT NULL,
  told_at INTEGER NOT NULL,
  tenant_id TEXT NOT NULL,
  PRIMARY KEY (incident_id, told_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX flood_tickets_by_time ON flood_tickets (tenant_id, told_at);

-- Incidents whose tickets wait; `release_at` moves while the rate is at its bound.
CREATE TABLE flood_held (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL,
  held_at INTEGER NOT NULL,
  release_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flood_held_due ON flood_held (release_at);

-- A digest that is to be sent about what is held.
CREATE TABLE flood_digests (
  tenant_id TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  due_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How often something was held back, for ever; shown as metrics.
CREATE TABLE noise_counters (
  name TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL DEFAULT 'main',
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
