-- Numbers over time. One series is one fact of one item. Instants are integers: milliseconds since 1970 UTC.

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  fact TEXT NOT NULL,
  UNIQUE (item_id, fact)
) STRICT;
CREATE INDEX series_by_fact ON series (fact);

CREATE TABLE points (
  series_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (series_id, at)
) STRICT, WITHOUT ROWID;

-- What each hour came to; kept far longer than the points.
CREATE TABLE hours (
  series_id INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  n INTEGER NOT NULL,
  low REAL NOT NULL,
  high REAL NOT NULL,
  total REAL NOT NULL,
  PRIMARY KEY (series_id, hour)
) STRICT, WITHOUT ROWID;

-- How far each agent's messages are written here; advanced in the transaction that writes them.
CREATE TABLE written (
  agent_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (agent_id, epoch)
) STRICT, WITHOUT ROWID;
