-- What people asked of agents, what came of it, and the logs that it brought. Rows are added and answered once, and go by age alone: the
-- audit is the change log of the PC, fact agent.command.
CREATE TABLE agent_commands (
  id TEXT PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  agent_id TEXT NOT NULL,
  command_json TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  -- Not said to the agent after this moment; a result that comes later is taken all the same.
  expires_at INTEGER NOT NULL,
  -- Last time that it was said to the agent.
  sent_at INTEGER,
  outcome TEXT CHECK (outcome IN ('done', 'failed', 'refused', 'expired')),
  text_json TEXT,
  details_json TEXT,
  answered_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_commands_by_agent ON agent_commands (agent_id, issued_at);
CREATE INDEX agent_commands_by_time ON agent_commands (issued_at);
CREATE INDEX agent_commands_open ON agent_commands (expires_at, agent_id) WHERE outcome IS NULL;

CREATE TABLE agent_log_parts (
  command_id TEXT NOT NULL REFERENCES agent_commands (id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  part INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (command_id, part)
) STRICT, WITHOUT ROWID;
