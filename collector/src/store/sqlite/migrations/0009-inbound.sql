-- What comes from elsewhere: machines with a token, what they and people asked for, and which incidents are about one cause.

-- A key of a program of one tenant, kept as SHA-256 only. Rows stay when revoked: they name who brought an incident.
CREATE TABLE machine_tokens (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('monitor', 'tickets')),
  token_hash TEXT NOT NULL UNIQUE,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  used_at INTEGER
) STRICT;
CREATE INDEX machine_tokens_by_tenant ON machine_tokens (tenant_id, created_at);

-- One row for each thing that a source speaks of: what comes again is known by it. `source_id` is a token, or `portal`.
CREATE TABLE inbound_records (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  source_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  -- 1: the incident was there before, the source only adds to it and never ends it.
  joined INTEGER NOT NULL,
  -- 1: by its last word the fault lasts. An incident that a person ended meanwhile is not opened anew by the same word.
  lasts INTEGER NOT NULL,
  -- The source's own time of its last word; an older word that comes late changes nothing.
  said_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, source_id, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbound_records_by_incident ON inbound_records (incident_id);
CREATE INDEX inbound_records_by_time ON inbound_records (received_at);

-- What machines and people brought: about what, and how to reach a person who asked.
CREATE TABLE inbound_incidents (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  -- Null when they are not named: a cause is only proposed then.
  item_id TEXT,
  cause_class TEXT,
  author TEXT,
  contact TEXT,
  received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inbound_incidents_by_item ON inbound_incidents (tenant_id, item_id) WHERE item_id IS NOT NULL;
CREATE INDEX inbound_incidents_of_people ON inbound_incidents (received_at) WHERE author IS NOT NULL OR contact IS NOT NULL;

-- An incident that was brought and the automatic one of the same cause. Linked ones live and end together and count once.
CREATE TABLE incident_links (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  inbound_id TEXT NOT NULL REFERENCES incidents (id),
  automatic_id TEXT NOT NULL REFERENCES incidents (id),
  state TEXT NOT NULL CHECK (state IN ('linked', 'proposed', 'rejected')),
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  PRIMARY KEY (inbound_id, automatic_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_links_by_automatic ON incident_links (automatic_id);

-- When an agent went away, how, and when it was back: what a silence is explained by.
CREATE TABLE agent_absences (
  agent_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  began_at INTEGER NOT NULL,
  -- stopped: it said farewell; lost: the broker missed it; unknown: an agent that does not tell.
  manner TEXT NOT NULL CHECK (manner IN ('stopped', 'lost', 'unknown')),
  back_at INTEGER,
  PRIMARY KEY (agent_id, began_at)
) STRICT, WITHOUT ROWID;

-- Public addresses of agents over time: another provider explains much.
CREATE TABLE agent_addresses (
  agent_id TEXT NOT NULL,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at INTEGER NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (agent_id, at)
) STRICT, WITHOUT ROWID;
