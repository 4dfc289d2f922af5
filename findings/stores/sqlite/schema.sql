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
    record BLOB NOT NULL,
    creative TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS ads_of_creative ON ads (case_id, creative);
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

-- What an office keeps of a case beside its ads. `severity` as in `ads`, `due` a day in China.
CREATE TABLE IF NOT EXISTS case_files (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    priority REAL NOT NULL,
    severity INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    assignee TEXT,
    district TEXT,
    due TEXT,
    given_until INTEGER,
    quiet INTEGER NOT NULL,
    merged_into TEXT,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS files_in_order ON case_files (priority DESC, last_seen DESC, id);
CREATE INDEX IF NOT EXISTS files_of_state ON case_files (state) WHERE state <> 'open';
CREATE INDEX IF NOT EXISTS files_of_officer ON case_files (assignee) WHERE assignee IS NOT NULL;

-- By what near-duplicates are found (findings/cases/joining.py): the signature of an ad and its
-- keys, unless an older ad has all of them.
CREATE TABLE IF NOT EXISTS ad_signs (
    ad INTEGER PRIMARY KEY REFERENCES ads (row) ON DELETE CASCADE,
    simhash INTEGER NOT NULL,
    first_seen INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS ad_keys (
    key INTEGER NOT NULL,
    ad INTEGER NOT NULL REFERENCES ads (row) ON DELETE CASCADE,
    PRIMARY KEY (key, ad)
) STRICT, WITHOUT ROWID;

-- The audit trail: rows are only ever added.
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY,
    draft_id TEXT NOT NULL UNIQUE,
    record BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS audit_cases (
    case_id TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES audit (number),
    PRIMARY KEY (case_id, number)
) STRICT, WITHOUT ROWID;

-- What ads are searched by (indexing.py). A combination of the closed lists, once; `categories` has bit n for
-- category n, `duties` bit n for the n-th FormDuty.
CREATE TABLE IF NOT EXISTS ad_kinds (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    licence_status TEXT NOT NULL,
    severity INTEGER NOT NULL,
    categories INTEGER NOT NULL,
    duties INTEGER NOT NULL,
    product TEXT NOT NULL,
    channel TEXT NOT NULL,
    UNIQUE (source, licence_status, severity, categories, duties, product, channel)
) STRICT;

-- One narrow row an ad. `stored` is when this file first got it; 0 where that was before layout 5.
-- `simhash` is the signature of its creative less 2^63.
CREATE TABLE IF NOT EXISTS ad_facts (
    ad INTEGER PRIMARY KEY REFERENCES ads (row) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL REFERENCES ad_kinds (id),
    worst REAL NOT NULL,
    score REAL NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    simhash INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS facts_newest ON ad_facts (first_seen DESC, id);
CREATE INDEX IF NOT EXISTS facts_last_seen ON ad_facts (last_seen DESC, id);
CREATE INDEX IF NOT EXISTS facts_worst ON ad_facts (worst DESC, id);
CREATE INDEX IF NOT EXISTS facts_stored ON ad_facts (stored, id);
CREATE INDEX IF NOT EXISTS facts_of_kind ON ad_facts (kind);
CREATE INDEX IF NOT EXISTS facts_kinds ON ad_facts (ad, kind);

-- What an ad may have several of: rule, domain, province, icp, app, band (of `simhash`), device, region, keyword.
CREATE TABLE IF NOT EXISTS terms (
    id INTEGER PRIMARY KEY,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (field, value)
) STRICT;
CREATE TABLE IF NOT EXISTS ad_terms (
    term INTEGER NOT NULL REFERENCES terms (id),
    ad INTEGER NOT NULL REFERENCES ads (row) ON DELETE CASCADE,
    PRIMARY KEY (term, ad)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS terms_of_ad ON ad_terms (ad, term);

-- The names of who stands behind an ad, as tokens like those of `ad_letters`; `rowid` is `ads.row`.
CREATE VIRTUAL TABLE IF NOT EXISTS ad_names USING fts5 (names, tokenize = 'ascii');

-- 256 numbers of four bytes each, at length 1.
CREATE TABLE IF NOT EXISTS ad_vectors (
    ad INTEGER PRIMARY KEY REFERENCES ads (row) ON DELETE CASCADE,
    vector BLOB NOT NULL
) STRICT;

-- Saved searches of each officer.
CREATE TABLE IF NOT EXISTS searches (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT;

-- Archives judged anew: each rescreen, and how far each of its slices came.
CREATE TABLE IF NOT EXISTS rescreens (
    id TEXT PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    record BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS rescreen_slices (
    job TEXT NOT NULL REFERENCES rescreens (id),
    number INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;

-- What was handed over: batches, the numbers that they were given, and their rows, each followed until its ad is gone.
CREATE TABLE IF NOT EXISTS batches (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    paper TEXT NOT NULL,
    year INTEGER NOT NULL,
    drafted_at INTEGER NOT NULL,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS batches_newest ON batches (drafted_at DESC, id DESC);
CREATE TABLE IF NOT EXISTS batch_numbers (
    office TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    batch_id TEXT NOT NULL,
    PRIMARY KEY (office, year, number),
    UNIQUE (office, year, batch_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handed_items (
    id TEXT PRIMARY KEY,
    batch_id TEXT NOT NULL,
    row INTEGER NOT NULL,
    case_id TEXT NOT NULL,
    presence TEXT NOT NULL,
    next_visit INTEGER,
    record BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS items_of_batch ON handed_items (batch_id, row);
CREATE INDEX IF NOT EXISTS items_of_case ON handed_items (case_id);
CREATE INDEX IF NOT EXISTS items_due ON handed_items (next_visit, id) WHERE next_visit IS NOT NULL;
