-- Causes behind incidents: problems, what is known about them, and what was promised so that they do not return.
CREATE TABLE problems (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  number INTEGER NOT NULL,
  title_ru TEXT NOT NULL,
  title_en TEXT NOT NULL,
  status TEXT NOT NULL,
  -- The one client that it is about; null for the product.
  client_id TEXT REFERENCES clients (id),
  origin TEXT NOT NULL,
  -- The exact signature that it was made from; people may widen `signature_json`, what incidents are compared with.
  signature_key TEXT,
  signature_json TEXT,
  root_cause TEXT NOT NULL DEFAULT '',
  workaround TEXT NOT NULL DEFAULT '',
  client_hint TEXT NOT NULL DEFAULT '',
  steps TEXT NOT NULL DEFAULT '',
  runbook TEXT,
  recurrences INTEGER NOT NULL DEFAULT 0,
  recurred_at INTEGER,
  rejected_at INTEGER,
  -- Occurrences of the signature when it was rejected.
  rejected_count INTEGER,
  solved_at INTEGER,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (tenant_id, number)
) STRICT, WITHOUT ROWID;
-- At most one open proposal for one signature, whatever the program believes.
CREATE UNIQUE INDEX problems_one_proposal ON problems (tenant_id, signature_key) WHERE status = 'proposed';
CREATE INDEX problems_by_signature ON problems (tenant_id, signature_key, status) WHERE signature_key IS NOT NULL;

-- What an incident looked like to the matching when it opened.
CREATE TABLE incident_faces (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  item_id TEXT NOT NULL,
  client_id TEXT,
  signature_key TEXT NOT NULL,
  face_json TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  -- When to ask whether it repeats; null once that was asked, or need not be.
  consider_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_faces_by_signature ON incident_faces (tenant_id, signature_key, opened_at);
CREATE INDEX incident_faces_by_time ON incident_faces (tenant_id, opened_at);
CREATE INDEX incident_faces_unasked ON incident_faces (consider_at) WHERE consider_at IS NOT NULL;

CREATE TABLE problem_incidents (
  problem_id TEXT NOT NULL REFERENCES problems (id),
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  how TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  linked_by TEXT NOT NULL,
  -- When the incident and its desks are told of the workaround; null when they know, or need not.
  tell_at INTEGER,
  PRIMARY KEY (problem_id, incident_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX problem_incidents_by_incident ON problem_incidents (incident_id);
CREATE INDEX problem_incidents_untold ON problem_incidents (tell_at) WHERE tell_at IS NOT NULL;

-- Incidents of which a person said that they have another cause: the machine does not link them again.
CREATE TABLE problem_refusals (
  problem_id TEXT NOT NULL REFERENCES problems (id),
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  PRIMARY KEY (problem_id, incident_id)
) STRICT, WITHOUT ROWID;

-- The audit trail of problems. Rows are only ever added.
CREATE TABLE problem_entries (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  problem_id TEXT NOT NULL REFERENCES problems (id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  text_ru TEXT NOT NULL,
  text_en TEXT NOT NULL
) STRICT;
CREATE INDEX problem_entries_by_problem ON problem_entries (problem_id, id);

CREATE TABLE problem_measures (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  problem_id TEXT NOT NULL REFERENCES problems (id),
  incident_id TEXT REFERENCES incidents (id),
  text TEXT NOT NULL,
  owner TEXT NOT NULL,
  -- The last day for it, as a local date, and when its owner is reminded next.
  due_on TEXT NOT NULL,
  remind_at INTEGER NOT NULL,
  done_at INTEGER,
  done_by TEXT,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX problem_measures_by_problem ON problem_measures (problem_id);
CREATE INDEX problem_measures_open ON problem_measures (remind_at) WHERE done_at IS NULL;

-- One review for each critical or mass incident, from the first time that people could work again.
CREATE TABLE incident_reviews (
  incident_id TEXT PRIMARY KEY REFERENCES incidents (id),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  problem_id TEXT NOT NULL REFERENCES problems (id),
  reason TEXT NOT NULL CHECK (reason IN ('mass', 'critical')),
  summary TEXT NOT NULL DEFAULT '',
  prevention TEXT NOT NULL DEFAULT '',
  -- When a workaround was accepted while the incident was still open; gone with a reopen.
  restored_at INTEGER,
  restored_by TEXT,
  done_at INTEGER,
  done_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_reviews_by_problem ON incident_reviews (problem_id);

CREATE TABLE vendor_packages (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  vendor TEXT NOT NULL,
  reference TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  sent_by TEXT NOT NULL
) STRICT;
CREATE INDEX vendor_packages_by_incident ON vendor_packages (incident_id);

CREATE TABLE monthly_analyses (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  month TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  body_json TEXT NOT NULL,
  PRIMARY KEY (tenant_id, month)
) STRICT, WITHOUT ROWID;
