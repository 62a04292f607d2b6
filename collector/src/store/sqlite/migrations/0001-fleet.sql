-- Tenants, the directory of the fleet, agents and the book-keeping of the uplink.
-- Instants are integers: milliseconds since 1970 UTC. Identifiers are text.

CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  parent_id TEXT REFERENCES tenants (id),
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO tenants (id, name, parent_id, created_at) VALUES ('main', 'Tillwatch', NULL, 0);

CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (tenant_id, code)
) STRICT;

CREATE TABLE legal_entities (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  client_id TEXT NOT NULL REFERENCES clients (id),
  name TEXT NOT NULL,
  inn TEXT NOT NULL,
  kpp TEXT,
  UNIQUE (tenant_id, client_id, inn)
) STRICT;

-- hours_text is what a person wrote, hours_json what it was understood as; both null when the hours are not known.
CREATE TABLE sites (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  client_id TEXT NOT NULL REFERENCES clients (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  timezone TEXT NOT NULL,
  hours_text TEXT,
  hours_json TEXT,
  class TEXT CHECK (class IN ('A', 'B', 'C')),
  contact TEXT,
  access TEXT,
  UNIQUE (tenant_id, code)
) STRICT;
CREATE INDEX sites_by_client ON sites (client_id);

CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  site_id TEXT REFERENCES sites (id),
  -- SHA-256 of the secret, hexadecimal; the secret itself is kept nowhere.
  secret_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  -- When the secret or the revocation last changed: live connections are compared with it.
  credentials_changed_at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'never' CHECK (state IN ('never', 'online', 'offline')),
  connection TEXT,
  epoch INTEGER,
  first_heard_at INTEGER,
  last_heard_at INTEGER,
  public_address TEXT,
  version TEXT,
  duplicate_at INTEGER
) STRICT;
CREATE INDEX agents_by_site ON agents (site_id);
CREATE INDEX agents_by_credentials ON agents (credentials_changed_at);

CREATE TABLE terminals (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  site_id TEXT NOT NULL REFERENCES sites (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  -- May name an agent that is added later, so it is no foreign key.
  agent_id TEXT,
  inn TEXT,
  UNIQUE (tenant_id, code)
) STRICT;
CREATE INDEX terminals_by_site ON terminals (site_id);
CREATE UNIQUE INDEX terminals_by_agent ON terminals (agent_id, tenant_id) WHERE agent_id IS NOT NULL;

-- How far each agent's messages of each epoch are stored, and how many of them are gone for ever.
CREATE TABLE marks (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  agent_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  mark INTEGER NOT NULL,
  lost INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (agent_id, epoch)
) STRICT, WITHOUT ROWID;

-- Who knocked without an identity that we know; shown to the installation's own tenant.
CREATE TABLE unknown_agents (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL DEFAULT 'main' REFERENCES tenants (id),
  address TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX unknown_agents_by_last ON unknown_agents (last_at);

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  agent_id TEXT NOT NULL,
  epoch INTEGER,
  seq INTEGER,
  reason TEXT NOT NULL,
  payload TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX quarantine_by_agent ON quarantine (agent_id, at);
CREATE INDEX quarantine_by_at ON quarantine (at);

CREATE TABLE agent_events (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  agent_id TEXT NOT NULL,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE INDEX agent_events_by_agent ON agent_events (agent_id, at);
CREATE INDEX agent_events_by_at ON agent_events (at);

-- When this collector was up: its own absence is never counted as the agents' silence.
CREATE TABLE collector_runs (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL DEFAULT 'main' REFERENCES tenants (id),
  started_at INTEGER NOT NULL,
  alive_at INTEGER NOT NULL,
  stopped_at INTEGER
) STRICT;
