-- Bundles on their way to a store. `number` counts up and is never given twice: a bundle that is put
-- again gets a new one, so a sender that has the old one in hand does not take the new one away.
CREATE TABLE IF NOT EXISTS waiting (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    store TEXT NOT NULL,
    task_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    put_us INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    bundle BLOB NOT NULL,
    UNIQUE (store, task_id)
) STRICT;
CREATE INDEX IF NOT EXISTS waiting_of_store ON waiting (store, number);
CREATE INDEX IF NOT EXISTS waiting_of_run ON waiting (store, run_id, task_id);

-- Dead letters: bundles that their store refused, with its reason, until they are sent again or given up.
CREATE TABLE IF NOT EXISTS dead (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    store TEXT NOT NULL,
    task_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    put_us INTEGER NOT NULL,
    refused_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    crc INTEGER NOT NULL,
    bundle BLOB NOT NULL,
    UNIQUE (store, task_id)
) STRICT;

-- Dead letters that an officer gave up: the bundle is gone, who did it, when and why stays.
CREATE TABLE IF NOT EXISTS discarded (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    store TEXT NOT NULL,
    task_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    put_us INTEGER NOT NULL,
    refused_us INTEGER NOT NULL,
    reason TEXT NOT NULL,
    size INTEGER NOT NULL,
    discarded_us INTEGER NOT NULL,
    discarded_by TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;

-- Stores that could not be written to: since when, how often it was tried, when it is tried next, why not.
CREATE TABLE IF NOT EXISTS away (
    store TEXT PRIMARY KEY,
    since_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_us INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
