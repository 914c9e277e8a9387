-- Rows are on disk when an insert is answered (an acknowledged event survives a power cut).
create table events (
  workspace_id UInt32,
  person_id UInt64,
  time DateTime64(3, 'UTC'),
  event LowCardinality(String),
  type LowCardinality(String),
  message_id String,
  message_hash UInt64,
  user_id String,
  anonymous_id String,
  properties String,
  context String,
  received_at DateTime64(3, 'UTC'),
  index message_hash message_hash type bloom_filter(0.001) granularity 1,
  index received_at received_at type minmax granularity 1
)
engine = MergeTree
order by (workspace_id, person_id, time)
-- What is known of some hundred people is asked for all the time: of 8,192 rows to a mark, and of blocks that are unpacked whole, most
-- would be read for nothing.
settings fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256, min_compress_block_size = 16384;

-- The newest version of a person's attributes counts; `merged` = 1 when the person lives on in another.
create table profiles (
  workspace_id UInt32,
  person_id UInt64,
  attributes String,
  merged UInt8,
  created_at DateTime64(3, 'UTC'),
  version UInt64
)
engine = ReplacingMergeTree(version)
order by (workspace_id, person_id)
settings fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256, min_compress_block_size = 16384;

-- Events keep the person that they were stored under; queries read through this map, flattened to the final person.
create table person_overrides (
  workspace_id UInt32,
  old_person_id UInt64,
  person_id UInt64,
  version UInt64
)
engine = ReplacingMergeTree(version)
order by (workspace_id, old_person_id)
settings fsync_after_insert = 1, fsync_part_directory = 1;

create dictionary person_override_map (
  workspace_id UInt32,
  old_person_id UInt64,
  person_id UInt64
)
primary key workspace_id, old_person_id
source(clickhouse({dictionary_credentials} query 'select workspace_id, old_person_id, argMax(person_id, version) as person_id from {database}.person_overrides group by workspace_id, old_person_id'))
layout(complex_key_hashed())
lifetime(0);

-- Every entering and leaving of a tag or segment, with its reason. Stored membership is read from here by rules. The rows with an empty
-- value are those of the definition; a tag with values has rows of each value beside them.
create table membership_changes (
  workspace_id UInt32,
  kind LowCardinality(String),
  key LowCardinality(String),
  person_id UInt64,
  value String,
  at DateTime64(3, 'UTC'),
  seq UInt64,
  entered UInt8,
  reason LowCardinality(String)
)
engine = ReplacingMergeTree
order by (workspace_id, kind, key, person_id, value, at, seq)
settings fsync_after_insert = 1, fsync_part_directory = 1;

-- The way in: people who entered or left together come as one row, and are told apart here. `seq` is that of the row they came in.
create table membership_moves (
  workspace_id UInt32,
  kind LowCardinality(String),
  key LowCardinality(String),
  value String,
  at DateTime64(3, 'UTC'),
  seq UInt64,
  entered UInt8,
  reason LowCardinality(String),
  people Array(UInt64)
)
engine = Null;

create materialized view membership_moves_of_each to membership_changes as
select workspace_id, kind, key, arrayJoin(people) as person_id, value, at, seq, entered, reason from membership_moves;

-- Runs of journeys that have been over for long, each with its story. The same run may come twice (a crash before PostgreSQL forgets
-- it); it is the same row.
create table journey_history (
  workspace_id UInt32,
  journey_id LowCardinality(String),
  id String,
  version UInt32,
  person_id UInt64,
  state LowCardinality(String),
  node_id LowCardinality(String),
  visit UInt32,
  context String,
  result String,
  steps UInt32,
  -- [{nodeId, at, outcome, details}]
  story String,
  -- the marks of the story, and when each was made
  marks Array(UInt64),
  -- ms since 1970
  marked_at Array(UInt64),
  -- [{goal, event, nodeId, at, moneyFen, variants}]
  goals String,
  entered_at DateTime64(3, 'UTC'),
  ended_at DateTime64(3, 'UTC')
)
engine = ReplacingMergeTree
order by (workspace_id, journey_id, id)
settings fsync_after_insert = 1, fsync_part_directory = 1;
