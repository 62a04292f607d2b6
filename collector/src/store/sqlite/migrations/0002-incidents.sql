-- Items, their current state and rule memory: one row an item, JSON on the hot path; plain columns only for what is sorted, joined or searched.
CREATE TABLE items (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  slot TEXT NOT NULL,
  identity TEXT,
  state_json TEXT NOT NULL,
  rule_state_json TEXT,
  view_json TEXT,
  inn TEXT,
  -- What the newest facts said, however old they are by now: decides who may be a spare.
  can_sell TEXT,
  health TEXT NOT NULL DEFAULT 'grey',
  stop_at INTEGER,
  facts_at INTEGER NOT NULL,
  order_epoch INTEGER NOT NULL,
  order_seq INTEGER NOT NULL,
  next_due_at INTEGER,
  replacement_until INTEGER,
  replacement_by TEXT,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX items_by_agent ON items (agent_id, kind);
CREATE INDEX items_due ON items (next_due_at) WHERE next_due_at IS NOT NULL;
-- Holds all that a page of the fleet sorts by, so that no page reads the long rows of ten thousand registers.
CREATE INDEX items_by_tenant ON items (tenant_id, agent_id, kind, health, stop_at);

-- Which item was last seen at a place: a silent register has no serial, but it has a slot.
CREATE TABLE slots (
  agent_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  slot TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (agent_id, kind, slot)
) STRICT, WITHOUT ROWID;

-- The change log of facts that tell a story by changing. `fact` may also be `agent`, `slot`: where the item was seen.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  fact TEXT NOT NULL,
  value_json TEXT NOT NULL,
  raw TEXT,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX changes_by_fact ON changes (item_id, fact, at);
CREATE INDEX changes_by_time ON changes (item_id, at);

CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  dedup_key TEXT NOT NULL,
  episode INTEGER NOT NULL,
  desk_key TEXT NOT NULL UNIQUE,
  item_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  cause_class TEXT NOT NULL,
  status TEXT NOT NULL,
  resolution TEXT,
  firing INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  priority_computed INTEGER NOT NULL,
  priority_told INTEGER NOT NULL,
  priority_reason_json TEXT NOT NULL,
  priority_author TEXT,
  priority_override_of INTEGER,
  priority_manual_at INTEGER,
  title_ru TEXT NOT NULL,
  title_en TEXT NOT NULL,
  explanation_json TEXT NOT NULL,
  expected_json TEXT NOT NULL,
  component_json TEXT NOT NULL,
  runbook TEXT NOT NULL,
  time_to_stop_json TEXT,
  conditions_json TEXT NOT NULL,
  gaps_json TEXT NOT NULL DEFAULT '[]',
  onset_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  reacted_at INTEGER,
  solved_at INTEGER,
  closed_at INTEGER,
  changed_at INTEGER NOT NULL,
  good_since INTEGER,
  solved_by TEXT,
  assignee TEXT,
  silenced_until INTEGER,
  silence_reason TEXT,
  reopens_human INTEGER NOT NULL DEFAULT 0,
  reopens_unfixed INTEGER NOT NULL DEFAULT 0,
  reopens_return INTEGER NOT NULL DEFAULT 0,
  unfixed_at INTEGER,
  returns_json TEXT NOT NULL DEFAULT '[]',
  follow_up_at INTEGER,
  follow_up_owed INTEGER NOT NULL DEFAULT 0,
  previous_id TEXT,
  next_due_at INTEGER,
  UNIQUE (tenant_id, number),
  UNIQUE (dedup_key, episode)
) STRICT, WITHOUT ROWID;
-- At most one unfinished incident for one cause, whatever the program believes.
CREATE UNIQUE INDEX incidents_one_open ON incidents (dedup_key) WHERE status IN ('open', 'in_work', 'waiting');
CREATE INDEX incidents_by_item ON incidents (item_id, status);
CREATE INDEX incidents_by_queue ON incidents (tenant_id, status, priority, opened_at);
CREATE INDEX incidents_due ON incidents (next_due_at) WHERE next_due_at IS NOT NULL;

-- The audit trail: every step, who, when, in both languages. Rows are only ever added.
CREATE TABLE timeline (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  text_ru TEXT NOT NULL,
  text_en TEXT NOT NULL
) STRICT;
CREATE INDEX timeline_by_incident ON timeline (incident_id, id);

-- The outbox towards the desks, written in the incident's transaction.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  incident_id TEXT REFERENCES incidents (id),
  desk TEXT NOT NULL,
  event_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  priority INTEGER NOT NULL,
  payload_json TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER
) STRICT;
CREATE INDEX deliveries_due ON deliveries (desk, state, next_at);
CREATE INDEX deliveries_by_incident ON deliveries (incident_id, desk, id);

-- The copy of an incident in a desk.
CREATE TABLE tickets (
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  desk TEXT NOT NULL,
  tenant_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  number TEXT,
  url TEXT,
  last_written_json TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (incident_id, desk)
) STRICT, WITHOUT ROWID;

-- A desk that told us to stop, or that refuses what we send, until a person acts.
CREATE TABLE desk_states (
  desk TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL DEFAULT 'main',
  paused INTEGER NOT NULL,
  problem TEXT,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
