-- Agreements, clocks and messages to people.

CREATE TABLE contracts (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  number TEXT NOT NULL,
  client_id TEXT NOT NULL REFERENCES clients (id),
  policy TEXT,
  -- Services in the words of the client, with their times and who answers for them.
  services_json TEXT NOT NULL DEFAULT '[]',
  -- Local dates; the first day and the last.
  from_date TEXT,
  until_date TEXT,
  UNIQUE (tenant_id, number)
) STRICT;
CREATE INDEX contracts_by_client ON contracts (client_id);

-- Who is told of what: for a contract, for a client, or for the whole tenant when both are null.
CREATE TABLE responsibles (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  code TEXT NOT NULL,
  role TEXT NOT NULL,
  contract TEXT,
  client_id TEXT REFERENCES clients (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  timezone TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('ru', 'en')),
  UNIQUE (tenant_id, code)
) STRICT;
CREATE INDEX responsibles_by_role ON responsibles (tenant_id, role);

-- Who changed contracts and responsibles, and what. Rows are only ever added.
CREATE TABLE agreement_entries (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('contract', 'person')),
  -- The number of the contract, or the code of the person.
  code TEXT NOT NULL,
  text_ru TEXT NOT NULL,
  text_en TEXT NOT NULL
) STRICT;
CREATE INDEX agreement_entries_by_tenant ON agreement_entries (tenant_id, id);

-- Every version of a calendar that was in force; a version is the digest of its content. What is unfinished counts by the current one.
CREATE TABLE sla_calendars (
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  tenant_id TEXT NOT NULL DEFAULT 'main',
  calendar_json TEXT NOT NULL,
  current INTEGER NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- Every version of a policy that an incident was registered under; a version is the digest of its text.
CREATE TABLE sla_policies (
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  tenant_id TEXT NOT NULL DEFAULT 'main',
  policy_json TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- The clocks of one incident: what they count by, the log that they are a function of, what was done about them, and what lists sort by.
CREATE TABLE sla_clocks (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  rank TEXT NOT NULL,
  contract TEXT,
  zone TEXT NOT NULL,
  class_a INTEGER NOT NULL,
  -- Versions of calendars by their ids, pinned when it ends; null while it counts by the current ones.
  calendars_json TEXT,
  log_json TEXT NOT NULL,
  fired_json TEXT NOT NULL DEFAULT '{}',
  -- The nearest promise that is still open; one whose clock stands has no known end, unless it is broken already.
  deadline_at INTEGER,
  -- From here on 70 % of the time of solution is used; unknown while the clock stands.
  urgent_at INTEGER,
  reaction_met INTEGER,
  solution_met INTEGER,
  -- When the client is told again how it stands.
  status_due_at INTEGER,
  -- Why it could not be worked out; it is tried again.
  problem TEXT,
  next_due_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sla_clocks_due ON sla_clocks (next_due_at) WHERE next_due_at IS NOT NULL;

-- Messages to people, written in the incident's transaction; one row for each recipient.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  incident_id TEXT REFERENCES incidents (id),
  key TEXT NOT NULL,
  -- Whom it was for, and who got it because that one was not known.
  role TEXT NOT NULL,
  via TEXT,
  -- All empty when nobody is known.
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  timezone TEXT NOT NULL,
  language TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'no_channel', 'nobody', 'dropped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  UNIQUE (tenant_id, key, role, email)
) STRICT;
CREATE INDEX notices_due ON notices (next_at) WHERE state = 'waiting';
CREATE INDEX notices_by_time ON notices (tenant_id, created_at);
CREATE INDEX notices_by_incident ON notices (incident_id) WHERE incident_id IS NOT NULL;
