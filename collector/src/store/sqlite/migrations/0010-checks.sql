-- What the directory says of a new outlet, of contracts with an OFD and of how registers should be set. Dates are local, as people write them.
ALTER TABLE clients ADD COLUMN profile_json TEXT;
ALTER TABLE sites ADD COLUMN profile_json TEXT;
ALTER TABLE sites ADD COLUMN launch_until TEXT;
ALTER TABLE sites ADD COLUMN ofd_contract_until TEXT;
ALTER TABLE terminals ADD COLUMN ofd_contract_until TEXT;

-- Settings of one register that a person accepted although its profile says otherwise: fact to value.
ALTER TABLE items ADD COLUMN accepted_json TEXT;
