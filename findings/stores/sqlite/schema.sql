-- The newest layout (what older ones lack is added by migrations.py). Instants are microseconds since 1970 (UTC); `record` is the JSON of the domain value,
-- the columns beside it only what queries ask for.
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    record BLOB NOT NULL
) STRICT;

-- The plan of a run, whole, as its JSON text.
CREATE TABLE IF NOT EXISTS plans (
    run_id TEXT PRIMARY KEY,
    record BLOB NOT NULL
) STRICT;

-- The ledger: what a run has to do, in the plan's order. A task is done when `captures` has its id.
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    source TEXT NOT NULL,
    place INTEGER NOT NULL,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS tasks_of_run ON tasks (run_id, place, id);
CREATE INDEX IF NOT EXISTS tasks_of_source ON tasks (run_id, source, place, id);

-- `filled` is `Capture.filled` as {"field": [found, total]}.
CREATE TABLE IF NOT EXISTS captures (
    task_id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    source TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT,
    record BLOB NOT NULL,
    at INTEGER NOT NULL DEFAULT 0,
    filled TEXT NOT NULL DEFAULT '{}',
    device TEXT NOT NULL DEFAULT '',
    region TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS captures_of_run ON captures (run_id, source, outcome);
CREATE INDEX IF NOT EXISTS captures_of_time ON captures (at);

-- `severity` is the rank of the worst finding (0-2), -1 without one; `worst` is 2 x severity + score.
CREATE TABLE IF NOT EXISTS ads (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    source TEXT NOT NULL,
    licence_status TEXT NOT NULL,
    host TEXT,
    severity INTEGER NOT NULL,
    worst REAL NOT NULL,
    first_seen INTEGER NOT NULL,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ads_newest ON ads (first_seen DESC, id);
CREATE INDEX IF NOT EXISTS ads_of_case ON ads (case_id);
CREATE INDEX IF NOT EXISTS ads_of_host ON ads (host);

CREATE TABLE IF NOT EXISTS ad_categories (
    category INTEGER NOT NULL,
    ad INTEGER NOT NULL REFERENCES ads (row) ON DELETE CASCADE,
    PRIMARY KEY (category, ad)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS categories_of_ad ON ad_categories (ad);

-- Form duties, as `FormDuty` names them, that the ad missed at any time.
CREATE TABLE IF NOT EXISTS ad_duties (
    duty TEXT NOT NULL,
    ad INTEGER NOT NULL REFERENCES ads (row) ON DELETE CASCADE,
    PRIMARY KEY (duty, ad)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS duties_of_ad ON ad_duties (ad);

CREATE TABLE IF NOT EXISTS sightings (
    id TEXT PRIMARY KEY,
    ad INTEGER NOT NULL REFERENCES ads (row),
    run_id TEXT NOT NULL,
    task_id TEXT NOT NULL REFERENCES captures (task_id),
    at INTEGER NOT NULL,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sightings_of_ad ON sightings (ad, at);
CREATE INDEX IF NOT EXISTS sightings_of_run ON sightings (run_id, ad);
CREATE INDEX IF NOT EXISTS sightings_of_task ON sightings (task_id);

-- One token a folded code point (findings/search/fold.py); `rowid` is `ads.row`.
CREATE VIRTUAL TABLE IF NOT EXISTS ad_letters USING fts5 (title, text, tokenize = 'ascii');
