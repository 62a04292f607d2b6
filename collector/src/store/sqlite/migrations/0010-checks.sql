-- What the directory says of a new outlet, of contracts with an OFD and of how registers should be set. Dates are local, as people write them.
ALTER TABLE clients ADD COLUMN profile_json TEXT;
ALTER TABLE sites ADD COLUMN profile_json TEXT;
ALTER TABLE sites ADD COLUMN launch_until TEXT;
ALTER TABLE sites ADD COLUMN ofd_contract_until TEXT;
ALTER TABLE terminals ADD COLUMN ofd_contract_until TEXT;

-- Settings of one register that a person accepted although its profile says otherwise: fact to value.
ALTER TABLE items ADD COLUMN accepted_json TEXT;

-- Who can stand in for a register, and whether a whole site stands still, without reading the long rows of every register there.
CREATE INDEX items_selling ON items (agent_id, inn, can_sell, facts_at, tenant_id) WHERE kind = 'register';

-- Where an agent stands is written in agents.site_id and nowhere else: the terminal that names it decides, whichever of the two comes first.
CREATE TRIGGER terminal_added AFTER INSERT ON terminals WHEN new.agent_id IS NOT NULL BEGIN
  UPDATE agents SET site_id = new.site_id WHERE id = new.agent_id AND tenant_id = new.tenant_id AND site_id IS NOT new.site_id;
END;
CREATE TRIGGER terminal_changed AFTER UPDATE OF agent_id, site_id ON terminals WHEN new.agent_id IS NOT NULL BEGIN
  UPDATE agents SET site_id = new.site_id WHERE id = new.agent_id AND tenant_id = new.tenant_id AND site_id IS NOT new.site_id;
END;
CREATE TRIGGER agent_added AFTER INSERT ON agents BEGIN
  UPDATE agents SET site_id = coalesce((SELECT site_id FROM terminals WHERE agent_id = new.id AND tenant_id = new.tenant_id), site_id)
   WHERE id = new.id;
END;
UPDATE agents SET site_id = coalesce(
  (SELECT t.site_id FROM terminals t WHERE t.agent_id = agents.id AND t.tenant_id = agents.tenant_id), site_id);

-- What was opened while nobody knew the place is looked at again as soon as somebody does.
CREATE TRIGGER agent_placed AFTER UPDATE OF site_id ON agents WHEN new.site_id IS NOT old.site_id BEGIN
  UPDATE items SET next_due_at = 0 WHERE id IN (
    SELECT item_id FROM incidents WHERE agent_id = new.id AND tenant_id = new.tenant_id AND site_id IS NULL
       AND status IN ('open', 'in_work', 'waiting'));
END;
