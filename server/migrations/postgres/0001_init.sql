-- Every table starts with its workspace. Instants are timestamptz set by the program's clock, never by now().

create table workspaces (
  id int generated always as identity primary key,
  name text not null,
  time_zone text not null,
  settings jsonb not null,
  created_at timestamptz not null
);

create table accounts (
  id text primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text not null,
  created_at timestamptz not null
);

create table members (
  workspace_id int not null references workspaces,
  account_id text not null references accounts,
  role text not null check (role in ('operator', 'editor', 'reviewer', 'agent', 'analyst', 'admin')),
  created_at timestamptz not null,
  primary key (workspace_id, account_id)
);

create table sessions (
  token_hash bytea primary key,
  workspace_id int not null references workspaces,
  account_id text not null references accounts,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

-- A write key is public (it stands in a web page), so it is stored as it is; of an api key only the hash.
create table api_keys (
  workspace_id int not null references workspaces,
  id text not null,
  kind text not null check (kind in ('write', 'api')),
  name text not null,
  key_hash bytea not null unique,
  hint text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);

create table audit_entries (
  workspace_id int not null references workspaces,
  id text not null,
  at timestamptz not null,
  account text not null,
  action text not null,
  subject text not null,
  details jsonb not null,
  primary key (workspace_id, id)
);

-- How far the intake has got: flushes up to this number are in both stores, whole (see ingest/).
create sequence flush_numbers increment 10000;
create table ingest_checkpoint (
  one boolean primary key default true check (one),
  flush bigint not null,
  received_at timestamptz not null,
  -- the catalogue is written a little later than the rest
  items_received_at timestamptz not null
);

-- People. Ids are dense numbers: ClickHouse sorts and bitmaps them well.
create sequence person_ids cache 1;

create table persons (
  workspace_id int not null,
  id bigint not null,
  attributes jsonb not null,
  -- when each attribute was said (ms since 1970), so that a late statement never overwrites a newer one
  attribute_times jsonb not null,
  -- the message that said each attribute
  attribute_sources jsonb not null,
  -- what was said under this number alone, where `attributes` holds what others brought by merging: {values, times, sources, createdAt}
  own jsonb,
  created_at timestamptz not null,
  -- raised by every change; the ClickHouse copy keeps the row with the highest
  version bigint not null,
  merged_into bigint,
  primary key (workspace_id, id)
);

create table person_identities (
  workspace_id int not null,
  kind text not null check (kind in ('user_id', 'anonymous_id', 'phone', 'email', 'openid', 'unionid')),
  -- compared byte by byte, so that the key serves searches by prefix too
  value text collate "C" not null,
  person_id bigint not null,
  -- the number under which events that come by it are stored; a merge changes person_id alone, so a split finds the way back
  origin bigint not null,
  linked_at timestamptz not null,
  -- how it came: new, alias, or by the identifier that the message was recognised by
  via text not null,
  message_id text not null,
  primary key (workspace_id, kind, value)
);
create index person_identities_person on person_identities (workspace_id, person_id);

-- Messages that added to a number attribute: the one change that must not be made twice.
create table applied_increments (
  workspace_id int not null,
  message_id text not null,
  primary key (workspace_id, message_id)
);

-- Where everybody who was ever merged lives now: in itself again after a split.
create table person_merges (
  workspace_id int not null,
  from_person bigint not null,
  into_person bigint not null,
  -- whom it went into itself; into_person is where that one has gone since
  direct_into bigint not null,
  at timestamptz not null,
  reason text not null,
  message_id text not null,
  -- as persons.version: what ClickHouse has not heard of yet is sent again after a crash
  version bigint not null,
  primary key (workspace_id, from_person)
);
create index person_merges_into on person_merges (workspace_id, into_person);

-- Every merge, and its undoing.
create table person_merge_history (
  workspace_id int not null,
  id text not null,
  from_person bigint not null,
  into_person bigint not null,
  at timestamptz not null,
  reason text not null,
  message_id text not null,
  -- which rows of other rooms changed hands: {orders: [...], consents: [...] ...}
  moved jsonb not null,
  undone_at timestamptz,
  undone_by text,
  undone_note text,
  primary key (workspace_id, id)
);
create index person_merge_history_from on person_merge_history (workspace_id, from_person);
create index person_merge_history_into on person_merge_history (workspace_id, into_person);

-- People who were split: nothing but a hand joins them again.
create table person_separations (
  workspace_id int not null,
  person_id bigint not null,
  other_id bigint not null,
  primary key (workspace_id, person_id, other_id)
);

-- Where a message could have joined two people and did not, once per identifier and pair.
create table identity_decisions (
  workspace_id int not null,
  person_id bigint not null,
  other_id bigint not null,
  kind text not null check (kind in ('handed_on', 'contact_kept', 'accounts_kept', 'split_kept')),
  identifier_kind text not null,
  identifier_value text not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  times int not null,
  primary key (workspace_id, person_id, kind, identifier_kind, identifier_value, other_id)
);
create index identity_decisions_other on identity_decisions (workspace_id, other_id);

create table quarantined_events (
  workspace_id int not null references workspaces,
  id text not null,
  received_at timestamptz not null,
  source text not null,
  reason text not null,
  problems jsonb not null,
  raw bytea not null,
  status text not null check (status in ('open', 'replayed', 'discarded')),
  primary key (workspace_id, id)
);
create index quarantined_events_open on quarantined_events (workspace_id, id) where status = 'open';

-- Commerce facts, read out of the standard events.
create table items (
  workspace_id int not null references workspaces,
  item_id text not null,
  name text,
  category text,
  brand text,
  price_fen bigint,
  -- pieces that can be bought
  stock bigint,
  image_url text,
  url text,
  updated_at timestamptz not null,
  primary key (workspace_id, item_id)
);

-- Items that became cheaper or can be bought again, until journeys have taken notice.
create table item_changes (
  workspace_id int not null,
  id bigint generated always as identity,
  item_id text not null,
  change text not null check (change in ('price_drop', 'back_in_stock')),
  -- fen, or pieces
  was bigint not null,
  became bigint not null,
  at timestamptz not null,
  primary key (workspace_id, id)
);
create index item_changes_oldest on item_changes (id);

create table orders (
  workspace_id int not null,
  order_id text not null,
  person_id bigint not null,
  status text not null check (status in ('created', 'paid', 'cancelled', 'refunded')),
  currency text not null,
  total_fen bigint not null,
  paid_fen bigint not null,
  refunded_fen bigint not null,
  coupon_code text,
  created_at timestamptz not null,
  paid_at timestamptz,
  primary key (workspace_id, order_id)
);
create index orders_person on orders (workspace_id, person_id, created_at desc);
create index orders_paid on orders (workspace_id, paid_at) where paid_at is not null;

create table order_lines (
  workspace_id int not null,
  order_id text not null,
  line_no int not null,
  item_id text not null,
  name text not null,
  quantity double precision not null,
  price_fen bigint not null,
  primary key (workspace_id, order_id, line_no),
  foreign key (workspace_id, order_id) references orders
);

create table order_refunds (
  workspace_id int not null,
  order_id text not null,
  message_id text not null,
  amount_fen bigint not null,
  refunded_at timestamptz not null,
  primary key (workspace_id, order_id, message_id),
  foreign key (workspace_id, order_id) references orders
);

-- Definitions: tags and segments share their life, so they share a table; the kind is part of the key.
create table definitions (
  workspace_id int not null references workspaces,
  kind text not null check (kind in ('tag', 'segment')),
  key text not null,
  name text not null,
  description text not null,
  layer text,
  scene text not null,
  mode text not null check (mode in ('static', 'dynamic', 'valued')),
  rule jsonb,
  -- of a tag with values: [{value, rule}] in their order
  value_rules jsonb,
  -- every value whose rule holds, and not the first alone
  several boolean not null default false,
  -- which ready model wrote them, with its settings; null: by hand
  model jsonb,
  status text not null check (status in ('active', 'archived')),
  owner text not null,
  revision int not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- the revision whose membership was computed for everyone, and when
  computed_revision int not null default 0,
  computed_at timestamptz,
  computed_time_zone text,
  -- people in it, as far as membership_outbox has been emptied
  size bigint not null default 0,
  primary key (workspace_id, kind, key),
  check ((mode = 'dynamic') = (rule is not null)),
  check ((mode = 'valued') = (value_rules is not null)),
  check (mode = 'valued' or not several),
  check (mode <> 'valued' or kind = 'tag'),
  check (model is null or mode = 'valued'),
  check ((kind = 'tag') = (layer is not null))
);

-- What a definition was at each revision: its history, and what an older one is restored from.
create table definition_versions (
  workspace_id int not null,
  kind text not null,
  key text not null,
  revision int not null,
  change text not null check (change in ('created', 'changed', 'boundaries', 'archived', 'restored')),
  at timestamptz not null,
  account text not null,
  name text not null,
  description text not null,
  layer text,
  scene text not null,
  rule jsonb,
  value_rules jsonb,
  several boolean not null default false,
  model jsonb,
  primary key (workspace_id, kind, key, revision),
  foreign key (workspace_id, kind, key) references definitions
);

-- People with each value of a tag, as far as membership_outbox has been emptied.
create table value_sizes (
  workspace_id int not null,
  kind text not null,
  key text not null,
  value text not null,
  size bigint not null,
  primary key (workspace_id, kind, key, value),
  foreign key (workspace_id, kind, key) references definitions
);

-- Every definition, and of a tag with values every value, has a number that says which bit of `person_memberships.held` is its own.
-- A number is never given again: emptying a definition retires its own, and their bits mean nothing from then on.
create table membership_slots (
  workspace_id int not null,
  slot int not null,
  kind text not null,
  key text not null,
  -- of a tag with values, where the empty one stands for whoever has any; of others only the empty one
  value text not null,
  retired boolean not null default false,
  primary key (workspace_id, slot),
  foreign key (workspace_id, kind, key) references definitions
);
create unique index membership_slots_in_use on membership_slots (workspace_id, kind, key, value) where not retired;

-- What each person is in, and when to look at them again. One row for all definitions: a row for each membership was two thirds of
-- what a computation wrote.
create table person_memberships (
  workspace_id int not null,
  person_id bigint not null,
  -- bit `slot`, as get_bit counts
  held bytea not null,
  -- the next instant at which one of the person's answers may change without an event (a window closes)
  due_at timestamptz,
  -- raised by every write; who writes says which one it read
  version int not null,
  primary key (workspace_id, person_id)
-- Room for a later version beside the first: most changes touch no index then.
) with (fillfactor = 80);
create index person_memberships_due on person_memberships (due_at) where due_at is not null;

-- Changes of membership on their way to ClickHouse, where rules and histories read them: a row for people who entered or left together;
-- `id` becomes `seq` there.
create table membership_outbox (
  id bigint generated always as identity primary key,
  workspace_id int not null,
  kind text not null,
  key text not null,
  value text not null,
  entered boolean not null,
  at timestamptz not null,
  reason text not null,
  -- their numbers, rising, each as its distance from the one before it (LEB128)
  people bytea not null,
  people_count int not null
);
-- Small as it is, and soon gone.
alter table membership_outbox alter people set storage external;

-- People to evaluate anew: written by ingest in the same transaction as their profile changes, taken by the evaluator.
create table touched_people (
  workspace_id int not null,
  person_id bigint not null,
  -- names of what changed: event names, and '@attributes', '@merge', '@tags'
  changes text[] not null,
  touched_at timestamptz not null,
  id bigint generated always as identity primary key
);

-- What journeys listen for, in order of arrival: events, and people who enter or leave segments, are given or lose tags.
create table journey_inbox (
  id bigint generated always as identity primary key,
  workspace_id int not null,
  -- event:<messageId>, segment:<key>:<person>:<instant> or tag:<key>:<value>:<person>:<instant> (left or lost: out:<instant>),
  -- absence:<journey>:<key of the event>, schedule:<journey>:<instant>:<person>, date:<journey>:<day>:<person>,
  -- call:<journey>:<key>:<person>, stop:<effect key>, task:<effect key>, item:<journey>:<change>:<person>; arriving twice counts once
  source_key text not null,
  person_id bigint not null,
  kind text not null check (kind in ('event', 'segment_entry', 'segment_exit', 'tag_entry', 'tag_exit', 'event_absence', 'schedule', 'date', 'item_change', 'call', 'stop', 'task', 'membership')),
  name text not null,
  properties jsonb not null,
  -- {journeyId, nodeId, runId, depth} of what a run did to another journey
  caller jsonb,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  taken_at timestamptz,
  -- a row that cannot be taken is tried again, later each time, and at last let go with the reason
  tries int not null default 0,
  retry_at timestamptz,
  dropped text,
  unique (workspace_id, source_key)
);
create index journey_inbox_open on journey_inbox (id) where taken_at is null;
create index journey_inbox_person on journey_inbox (workspace_id, person_id, id) where taken_at is null;

create table journeys (
  workspace_id int not null references workspaces,
  id text not null,
  key text not null,
  name text not null,
  description text not null,
  status text not null check (status in ('draft', 'live', 'paused', 'archived')),
  draft jsonb not null,
  draft_revision int not null,
  -- Who changed the draft last, and when.
  draft_by text not null,
  draft_at timestamptz not null,
  live_version int,
  -- Per cent of those who come in that the live version takes, in hundredths; the others go into `base_version`, where there is one.
  live_share int not null default 10000 check (live_share between 1 and 10000),
  base_version int,
  -- while paused: since when, and what is to become of what falls due meanwhile
  paused_at timestamptz,
  pause_policy text not null default 'send' check (pause_policy in ('send', 'skip', 'replan')),
  -- [{from, to, policy}] of pauses that changed what fell due in them, in ms
  pauses jsonb not null default '[]',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, key)
);

-- A draft that was shown to somebody else before it goes live: the newest row of a journey counts, as long as the draft is what it was.
create table journey_reviews (
  workspace_id int not null,
  journey_id text not null,
  id text not null,
  draft_revision int not null,
  state text not null check (state in ('requested', 'approved', 'rejected', 'withdrawn')),
  requested_by text not null,
  requested_at timestamptz not null,
  note text not null,
  decided_by text,
  decided_at timestamptz,
  comment text not null default '',
  primary key (workspace_id, journey_id, id),
  foreign key (workspace_id, journey_id) references journeys
);

-- Journeys played over what was recorded.
create table journey_rehearsals (
  workspace_id int not null,
  journey_id text not null,
  id text not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  definition jsonb not null,
  draft_revision int,
  version int,
  from_at timestamptz not null,
  to_at timestamptz not null,
  reach text not null check (reach in ('recorded', 'everyone')),
  -- {node: {result: per cent}}: what colleagues are taken to answer
  answers jsonb not null,
  progress float8 not null default 0,
  asked_by text not null,
  asked_at timestamptz not null,
  -- whoever plays it says so again and again; after this another one may begin anew
  leased_until timestamptz,
  ended_at timestamptz,
  reason text,
  result jsonb,
  primary key (workspace_id, journey_id, id),
  foreign key (workspace_id, journey_id) references journeys
);
create index journey_rehearsals_open on journey_rehearsals (asked_at) where state in ('waiting', 'running');

-- Chosen people walking through a journey: what they are is true, what they do is made up.
create table journey_trials (
  workspace_id int not null,
  journey_id text not null,
  id text not null,
  state text not null check (state in ('running', 'paused', 'done', 'stopped', 'failed')),
  definition jsonb not null,
  draft_revision int,
  version int,
  -- speed, recipients, limits: as asked for
  input jsonb not null,
  -- the virtual clock: at `virtual_at` when it was `real_at`, and from then on `speed` times as fast while it runs
  from_at timestamptz not null,
  virtual_at timestamptz not null,
  real_at timestamptz not null,
  speed int not null,
  -- what was made to happen, by the virtual clock
  made jsonb not null default '[]',
  -- by the virtual clock, when something is due next; null when nothing is
  next_at timestamptz,
  -- when it is to be looked at
  wake_at timestamptz,
  inside int not null default 0,
  coverage jsonb,
  problems jsonb,
  asked_by text not null,
  asked_at timestamptz not null,
  ended_at timestamptz,
  tries int not null default 0,
  reason text,
  primary key (workspace_id, journey_id, id),
  foreign key (workspace_id, journey_id) references journeys
);
create index journey_trials_due on journey_trials (wake_at) where wake_at is not null;
create index journey_trials_old on journey_trials (asked_at);

create table journey_trial_people (
  workspace_id int not null,
  journey_id text not null,
  trial_id text not null,
  person_id bigint not null,
  -- the order of the people
  place int not null,
  reasons jsonb not null,
  -- what was true of the person when the trial began: attributes, consents, marketing; never an address
  known jsonb not null,
  -- what brings the person in
  brought jsonb not null,
  story jsonb,
  primary key (workspace_id, journey_id, trial_id, person_id),
  foreign key (workspace_id, journey_id, trial_id) references journey_trials on delete cascade
);

-- Colleagues, by name: what trials send goes to them and to nobody else.
create table test_recipients (
  workspace_id int not null references workspaces,
  id text not null,
  name text not null,
  channel text not null,
  -- a telephone number, or the user id of a colleague in the shop
  address text not null,
  -- who said that it belongs to somebody who works here
  confirmed_by text not null,
  confirmed_at timestamptz not null,
  removed_at timestamptz,
  primary key (workspace_id, id)
);
create unique index test_recipients_address on test_recipients (workspace_id, channel, address) where removed_at is null;

-- Messages of trials that really go out. There is no address here: whoever sends takes that of the recipient.
create table test_messages (
  workspace_id int not null,
  id text not null,
  -- trial and effect
  key text not null,
  trial_id text not null,
  recipient_id text not null,
  channel text not null,
  template text not null,
  -- parameters of the filed text, or the popup
  content jsonb not null,
  link_code text,
  link_url text,
  state text not null check (state in ('queued', 'sending', 'sent', 'delivered', 'failed', 'unknown', 'stopped')),
  reason text,
  due_at timestamptz,
  provider_id text,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  clicked_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, key),
  foreign key (workspace_id, recipient_id) references test_recipients
);
create index test_messages_due on test_messages (due_at) where due_at is not null;
create index test_messages_link on test_messages (link_code) where link_code is not null;
create index test_messages_recipient on test_messages (workspace_id, recipient_id);
create index test_messages_trial on test_messages (workspace_id, trial_id);

create table journey_versions (
  workspace_id int not null,
  journey_id text not null,
  version int not null,
  definition jsonb not null,
  published_at timestamptz not null,
  published_by text not null,
  primary key (workspace_id, journey_id, version),
  foreign key (workspace_id, journey_id) references journeys
);

-- What the published versions listen for: the intake asks it which of its events go to the inbox.
create table journey_listens (
  workspace_id int not null,
  kind text not null check (kind in ('event', 'segment_entry', 'segment_exit', 'tag_entry', 'tag_exit', 'membership')),
  name text not null,
  journey_id text not null,
  version int not null,
  -- of the event of a goal: for how long it counts after a run has entered or sent something
  goal_ms bigint,
  -- since when nobody is in the version and nobody comes in: only its goals are still listened for
  spent_at timestamptz,
  primary key (workspace_id, kind, name, journey_id, version),
  foreign key (workspace_id, journey_id, version) references journey_versions
);
create index journey_listens_of on journey_listens (workspace_id, journey_id, version);

-- Of journeys with a limit: how many entered ever, and in the hour that began then.
create table journey_entries (
  workspace_id int not null,
  journey_id text not null,
  total bigint not null,
  hour_at timestamptz not null,
  in_hour bigint not null,
  primary key (workspace_id, journey_id),
  foreign key (workspace_id, journey_id) references journeys
);

-- Whom journeys kept out, and why: a row for each person and journey, with the last few times. Rows go when nothing was added for long.
create table journey_refusals (
  workspace_id int not null,
  journey_id text not null,
  person_id bigint not null,
  count bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- [{at, version, reason, sourceKey, kind, name, occurredAt}], newest first
  recent jsonb not null,
  primary key (workspace_id, person_id, journey_id)
);
create index journey_refusals_last on journey_refusals (last_at);
create index journey_refusals_journey on journey_refusals (workspace_id, journey_id);

-- Events after which something is waited for not to happen; when it does not, the person enters the journey.
create table journey_absences (
  workspace_id int not null,
  journey_id text not null,
  -- of the event in the inbox
  source_key text not null,
  person_id bigint not null,
  -- the event
  heard jsonb not null,
  due_at timestamptz not null,
  -- when the inbox was told that the time is over; the row goes when the inbox row is taken
  told_at timestamptz,
  primary key (workspace_id, journey_id, source_key)
);
create index journey_absences_due on journey_absences (due_at) where told_at is null;
create index journey_absences_told on journey_absences (told_at) where told_at is not null;
create index journey_absences_person on journey_absences (workspace_id, person_id);

-- When journeys that are due by the clock are due next; no row: never again.
create table journey_schedules (
  workspace_id int not null,
  journey_id text not null,
  due_at timestamptz not null,
  primary key (workspace_id, journey_id),
  foreign key (workspace_id, journey_id) references journeys
);
create index journey_schedules_due on journey_schedules (due_at);

-- Each time that a journey was due: first its people are collected, then they enter, a batch at a time.
create table journey_occurrences (
  workspace_id int not null,
  journey_id text not null,
  due_at timestamptz not null,
  state text not null check (state in ('collecting', 'entering', 'done', 'skipped', 'cut')),
  -- why it was skipped, or cut off on the way
  reason text,
  -- everyone up to this person was asked, as of started_at
  collected_to bigint not null default 0,
  started_at timestamptz not null,
  ended_at timestamptz,
  -- who was in the audience, and of whom the inbox was told
  people bigint not null default 0,
  told bigint not null default 0,
  primary key (workspace_id, journey_id, due_at),
  foreign key (workspace_id, journey_id) references journeys
);
create index journey_occurrences_open on journey_occurrences (state) where state in ('collecting', 'entering');

-- People of an occurrence of whom the inbox was not told yet; a piece goes as its people enter the inbox.
create table journey_occurrence_people (
  workspace_id int not null,
  id bigint generated always as identity,
  journey_id text not null,
  due_at timestamptz not null,
  people bigint[] not null,
  primary key (workspace_id, id),
  foreign key (workspace_id, journey_id, due_at) references journey_occurrences
);
create index journey_occurrence_people_of on journey_occurrence_people (workspace_id, journey_id, due_at, id);

-- Changes of items on their way to the people whom they concern: all who were asked came before.
create table journey_item_sweeps (
  workspace_id int not null,
  id bigint generated always as identity,
  -- [{journeyId, change: {id, itemId, change, was, became, at, item}}]
  targets jsonb not null,
  asked_to bigint not null default 0,
  started_at timestamptz not null,
  primary key (workspace_id, id)
);

create table journey_runs (
  workspace_id int not null,
  id text not null,
  journey_id text not null,
  version int not null,
  person_id bigint not null,
  -- what brought the person in: unique per journey, so the same event never starts two runs
  entry_key text not null,
  state text not null check (state in ('active', 'waiting', 'finished', 'exited', 'failed')),
  node_id text not null,
  -- how often a node of this run was entered, for effect keys
  visit int not null,
  -- when it is next due: at once for active, the deadline for waiting, null when over
  wake_at timestamptz,
  -- trigger event, the wait it is in, matched events
  context jsonb not null,
  result text,
  -- steps written so far, and failures in a row since the last one
  steps int not null default 0,
  tries int not null default 0,
  entered_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  -- no foreign key to journey_versions: versions stay for ever, and the look-up of each run costs as much as an index
  unique (workspace_id, journey_id, entry_key)
);
create index journey_runs_due on journey_runs (workspace_id, journey_id, wake_at) where state in ('active', 'waiting');
create index journey_runs_person on journey_runs (workspace_id, person_id);
-- that could not move and try again
create index journey_runs_trying on journey_runs (workspace_id, journey_id, id) where tries > 0 and state in ('active', 'waiting');
-- that have failed, to be let try again
create index journey_runs_failed on journey_runs (workspace_id, journey_id, node_id, id) where state = 'failed';
-- of old versions, whether anybody is left inside
create index journey_runs_version on journey_runs (workspace_id, journey_id, version) where state in ('active', 'waiting');
-- who is at a node, and whose way ended there; newest first
create index journey_runs_node on journey_runs (workspace_id, journey_id, node_id, id) where state in ('active', 'waiting');
create index journey_runs_ended_at on journey_runs (workspace_id, journey_id, node_id, id) where state not in ('active', 'waiting');
-- there should be none
create index journey_runs_unwoken on journey_runs (workspace_id) where wake_at is null and state in ('active', 'waiting');
-- the oldest of these go into history
create index journey_runs_over on journey_runs (updated_at) where state not in ('active', 'waiting');

-- What is kept of runs that went into history, for re-entry: when each person came into each journey last.
create table journey_past_entries (
  workspace_id int not null,
  person_id bigint not null,
  journey_id text not null,
  entered_at timestamptz not null,
  primary key (workspace_id, person_id, journey_id)
);

-- How many runs of each version went into history.
create table journey_past_runs (
  workspace_id int not null,
  journey_id text not null,
  version int not null,
  runs bigint not null,
  primary key (workspace_id, journey_id, version)
);

-- The stories of runs: one row a move, with its lines in order.
create table journey_steps (
  workspace_id int not null,
  run_id text not null,
  -- number of the move's first line
  seq int not null,
  -- [{nodeId, at, outcome: entered | passed | timed_out | failed | left, details}]
  steps jsonb not null,
  at timestamptz not null,
  -- what of it is counted: a number for each node, version, outcome and way
  marks bigint[] not null,
  primary key (workspace_id, run_id, seq)
);
-- the people behind a number
create index journey_steps_marks on journey_steps using gin (marks);

-- What nodes do that is not done in the move's own transaction, until it is done. The run waits at the node for the answer.
create table journey_deeds (
  workspace_id int not null,
  -- (journey version, run, node, visit), as of messages
  effect_key text not null,
  run_id text not null,
  -- {kind, ...}: what is to be done
  deed jsonb not null,
  asked_at timestamptz not null,
  due_at timestamptz not null,
  -- what came of it: kept until the run has heard
  answer jsonb,
  primary key (workspace_id, effect_key)
);
create index journey_deeds_due on journey_deeds (due_at) where answer is null;
create index journey_deeds_answered on journey_deeds (workspace_id, effect_key) where answer is not null;

-- Systems outside that journeys post to, by key.
create table webhook_endpoints (
  workspace_id int not null references workspaces,
  key text not null,
  name text not null,
  url text not null,
  -- {secret, before, headers}, sealed
  secrets text not null,
  header_names text[] not null,
  -- until then the secret before signs too
  before_until timestamptz,
  timeout_seconds int not null,
  enabled boolean not null,
  -- by the program, until somebody resumes it
  paused_at timestamptz,
  paused_why text check (paused_why in ('failing', 'gone')),
  -- attempts in a row that failed, and since when
  failures int not null default 0,
  failing_since timestamptz,
  revision int not null default 1,
  created_at timestamptz not null,
  primary key (workspace_id, key)
);

-- What was put down to be posted: the outbox, and what became of it for thirty days.
create table webhook_postings (
  workspace_id int not null,
  -- of the deed, and webhook-id
  effect_key text not null,
  endpoint text not null,
  journey_id text not null,
  run_id text not null,
  node_id text not null,
  -- {values, answers, ...}; the values go when they are answered, or seven days after
  deed jsonb not null,
  state text not null check (state in ('due', 'answered', 'failed', 'dropped')),
  reason text,
  asked_at timestamptz not null,
  until timestamptz not null,
  due_at timestamptz,
  done_at timestamptz,
  tries int not null default 0,
  -- [{at, ms, status, problem, answer}], the last twenty
  attempts jsonb not null default '[]',
  -- by a colleague, after its run had gone on
  resent boolean not null default false,
  primary key (workspace_id, effect_key)
);
create index webhook_postings_due on webhook_postings (workspace_id, endpoint, due_at) where state = 'due';
create index webhook_postings_until on webhook_postings (until) where state = 'due';
create index webhook_postings_asked on webhook_postings (workspace_id, endpoint, asked_at desc, effect_key desc);
create index webhook_postings_run on webhook_postings (workspace_id, run_id);
create index webhook_postings_done on webhook_postings (done_at) where state <> 'due';

-- What is to become of those inside versions before this one; done in batches, run by run.
create table journey_transfers (
  workspace_id int not null,
  journey_id text not null,
  id text not null,
  to_version int not null,
  -- {kind: move, mapping, waits} or {kind: leave}
  plan jsonb not null,
  started_at timestamptz not null,
  started_by text not null,
  ended_at timestamptz,
  moved bigint not null default 0,
  left_here bigint not null default 0,
  primary key (workspace_id, journey_id, id),
  foreign key (workspace_id, journey_id, to_version) references journey_versions
);
create index journey_transfers_open on journey_transfers (started_at) where ended_at is null;

-- Goals that runs have reached, each once; also after the run was over, within the goal's window.
create table journey_goals (
  workspace_id int not null,
  run_id text not null,
  goal text not null,
  journey_id text not null,
  version int not null,
  person_id bigint not null,
  -- the node that the run had passed last, and the ways that it took at splits
  node_id text,
  variants jsonb not null,
  event text not null,
  source_key text not null,
  -- when the event happened, and the money of which it speaks
  reached_at timestamptz not null,
  money_fen bigint,
  primary key (workspace_id, run_id, goal)
);
create index journey_goals_of on journey_goals (workspace_id, journey_id, goal);
create index journey_goals_person on journey_goals (workspace_id, person_id);

-- Goals of runs that went into history, added up: by the node passed last, and by the way taken at each split (then node_id is the split).
create table journey_past_goals (
  workspace_id int not null,
  journey_id text not null,
  goal text not null,
  version int not null,
  -- empty: none was passed
  node_id text not null,
  -- empty: the sum of a node
  way text not null,
  reached bigint not null,
  money_fen bigint not null,
  last_at timestamptz not null,
  primary key (workspace_id, journey_id, goal, version, node_id, way)
);

-- What colleagues have to do for customers; with the run that waits for it.
create table tasks (
  workspace_id int not null,
  id text not null,
  -- (journey version, run, node, visit), as of messages
  effect_key text not null,
  journey_id text not null,
  node_id text not null,
  run_id text not null,
  person_id bigint not null,
  -- as written: whoever looks reads them with the customer's fields of then
  title text not null,
  instructions text not null,
  -- {event, coupon}: what they may read of the run
  context jsonb not null,
  priority text not null check (priority in ('normal', 'high')),
  -- {kind: anyone}, {kind: role, role} or {kind: member, email}
  who jsonb not null,
  -- [{id, name}]
  outcomes jsonb not null,
  state text not null check (state in ('open', 'taken', 'done', 'overdue', 'withdrawn')),
  opened_at timestamptz not null,
  due_at timestamptz not null,
  taken_by text,
  taken_at timestamptz,
  closed_at timestamptz,
  -- null: nobody chose it
  closed_by text,
  outcome text,
  note text not null,
  -- why it was withdrawn
  reason text,
  -- of the answer: again it is the same one
  answer_key text,
  primary key (workspace_id, id),
  unique (workspace_id, effect_key),
  check ((closed_at is null) = (state in ('open', 'taken'))),
  check ((state = 'taken') <= (taken_by is not null)),
  check ((state = 'done') = (outcome is not null))
);
create index tasks_due on tasks (workspace_id, due_at, id) where state in ('open', 'taken');
create index tasks_closed on tasks (workspace_id, closed_at, id) where closed_at is not null;
create index tasks_person on tasks (workspace_id, person_id);
create index tasks_run on tasks (workspace_id, run_id);

-- What happened to a task, and what was said of it.
create table task_entries (
  id bigint generated always as identity,
  workspace_id int not null,
  task_id text not null,
  kind text not null check (kind in ('opened', 'taken', 'put_back', 'handed', 'comment', 'rescheduled', 'reopened', 'done', 'overdue', 'withdrawn')),
  -- null: the journey
  by text,
  text text not null,
  details jsonb not null,
  at timestamptz not null,
  primary key (workspace_id, task_id, id),
  foreign key (workspace_id, task_id) references tasks on delete cascade
);

-- The way to which runs came where people part by chance. Of each person the first in a version is what a comparison counts, whatever
-- becomes of the run; it stays when the run has gone into history.
create table journey_arms (
  workspace_id int not null,
  journey_id text not null,
  node_id text not null,
  person_id bigint not null,
  version int not null,
  run_id text not null,
  way text not null,
  -- by chance, by a decision for a winner, or as before the decision
  how text not null check (how in ('lot', 'winner', 'before')),
  at timestamptz not null,
  -- of a run in history, the goals that it reached: [{goal, at, moneyFen}]
  goals jsonb,
  primary key (workspace_id, journey_id, node_id, person_id, version, run_id)
);
create index journey_arms_person on journey_arms (workspace_id, person_id);

-- Splits that look for a winner: open from the first who came there in the version.
create table journey_contests (
  workspace_id int not null,
  journey_id text not null,
  version int not null,
  node_id text not null,
  started_at timestamptz not null,
  due_at timestamptz not null,
  -- may be decided earlier: when so many ways have had so many people each, and the last of them that time
  people int,
  way_count int not null,
  within_ms bigint not null,
  filled_at timestamptz,
  decided_at timestamptz,
  -- null: by its rule
  decided_by text,
  reason text check (reason in ('sure', 'otherwise', 'spread', 'by_hand')),
  -- null although decided: everybody goes on being spread
  way text,
  -- by way: people, successes, how probable it is the best
  ways jsonb not null default '[]',
  looks int not null default 0,
  -- of a decided one, when those who wait beyond the decision are to be woken; null: there are none
  tell_at timestamptz,
  primary key (workspace_id, journey_id, version, node_id),
  foreign key (workspace_id, journey_id, version) references journey_versions
);
create index journey_contests_open on journey_contests (due_at) where decided_at is null;
create index journey_contests_untold on journey_contests (tell_at) where tell_at is not null;
create index journey_contests_filling on journey_contests (workspace_id) where people is not null and filled_at is null and decided_at is null;

-- People whom no journey that names the group reaches, by a hash of its key.
create table holdout_groups (
  workspace_id int not null,
  key text not null,
  name text not null,
  -- hundredths of a per cent
  share int not null check (share between 1 and 10000),
  until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, key)
);

create table journey_counters (
  workspace_id int not null,
  journey_id text not null,
  version int not null,
  node_id text not null,
  -- empty: the node's own numbers; else how many took this way out of it. The door is a node too, with an empty id: there a
  -- way is a reason, and left_here how often it kept somebody out
  way text not null default '',
  entered bigint not null default 0,
  passed bigint not null default 0,
  timed_out bigint not null default 0,
  failed bigint not null default 0,
  left_here bigint not null default 0,
  -- went on in another version
  moved bigint not null default 0,
  primary key (workspace_id, journey_id, version, node_id, way)
);

-- The same by the hour, for some months, and the journey's own numbers: at the door (an empty node, an empty way) entered are runs that
-- began, passed those that came to an end, left_here and failed those that did not.
create table journey_counter_hours (
  workspace_id int not null,
  journey_id text not null,
  hour_at timestamptz not null,
  version int not null,
  node_id text not null,
  way text not null,
  entered bigint not null default 0,
  passed bigint not null default 0,
  timed_out bigint not null default 0,
  failed bigint not null default 0,
  left_here bigint not null default 0,
  primary key (workspace_id, journey_id, node_id, hour_at, version, way)
);
create index journey_counter_hours_old on journey_counter_hours (hour_at);

-- Runs that nothing would have woken, and that the watchdog gave a waker: there should be none.
create table journey_healed (
  workspace_id int not null,
  journey_id text not null,
  runs bigint not null,
  last_at timestamptz not null,
  primary key (workspace_id, journey_id)
);

-- What a journey's numbers are held against; without a row the usual limits.
create table journey_alarm_limits (
  workspace_id int not null,
  journey_id text not null,
  -- {failurePercent, dropPercent, costFen, lagMinutes}, each a number or null (not watched)
  limits jsonb not null,
  updated_at timestamptz not null,
  primary key (workspace_id, journey_id),
  foreign key (workspace_id, journey_id) references journeys
);

-- One row from when a number went over its limit until it came back.
create table journey_alarms (
  workspace_id int not null,
  id text not null,
  journey_id text not null,
  kind text not null check (kind in ('failures', 'drop', 'cost', 'lag')),
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- {value, limit, usual}: as it stood when it was opened, and as it stands
  opened_with jsonb not null,
  stands jsonb not null,
  -- what the workspace's outlet is still to be told: opened, closed; in that order
  untold text[] not null,
  tell_at timestamptz,
  tries int not null default 0,
  primary key (workspace_id, id),
  foreign key (workspace_id, journey_id) references journeys
);
create unique index journey_alarms_open on journey_alarms (workspace_id, journey_id, kind) where closed_at is null;
create index journey_alarms_newest on journey_alarms (workspace_id, journey_id, opened_at);
create index journey_alarms_untold on journey_alarms (tell_at) where tell_at is not null;

-- Where a workspace wants to be told of alarms: a signed webhook, or a robot in a group.
create table alarm_outlets (
  workspace_id int primary key references workspaces,
  kind text not null check (kind in ('webhook', 'dingtalk', 'feishu', 'wecom')),
  language text not null check (language in ('zh', 'en')),
  url text not null,
  -- null: it has none
  secret text,
  -- the last attempt: robots take few messages a minute
  told_at timestamptz,
  updated_at timestamptz not null,
  -- how the last call ended; null: none was made, or it went well
  problem text
);

-- Lists of people on their way into a segment by hand, the highest number first.
create table people_saves (
  workspace_id int not null references workspaces,
  id text not null,
  segment_key text not null,
  -- the filter of the list
  filter jsonb not null,
  state text not null check (state in ('running', 'done', 'failed')),
  -- everyone from this number on is in; null: nobody yet
  saved_to bigint,
  saved bigint not null default 0,
  about bigint,
  problem text check (problem in ('segment_gone', 'filter_gone')),
  started_by text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id)
);
create index people_saves_running on people_saves (started_at) where state = 'running';

create table templates (
  workspace_id int not null references workspaces,
  key text not null,
  name text not null,
  channel text not null check (channel in ('sms', 'popup')),
  content jsonb not null,
  link_url text not null,
  -- the code under which an SMS text was filed at the provider, and the text that was filed
  provider_code text,
  provider_text text,
  -- where that filing stands; null while nothing was filed
  provider_status text check (provider_status in ('pending', 'approved', 'rejected')),
  status text not null check (status in ('active', 'archived')),
  revision int not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, key)
);

-- Consent: an append-only ledger, and the state that it adds up to.
create table consent_entries (
  workspace_id int not null,
  id text not null,
  person_id bigint not null,
  channel text not null,
  purpose text not null,
  granted boolean not null,
  at timestamptz not null,
  source text not null,
  text_version text not null,
  evidence jsonb not null,
  -- the message that brought it; twice counts once
  source_key text not null,
  primary key (workspace_id, id),
  unique (workspace_id, source_key, channel, purpose)
);
create index consent_entries_person on consent_entries (workspace_id, person_id, channel, purpose, at desc);

-- A refused address stays refused, whoever's profile it is on.
create table suppressions (
  workspace_id int not null,
  channel text not null,
  address text not null,
  reason text not null,
  at timestamptz not null,
  evidence jsonb not null,
  primary key (workspace_id, channel, address)
);

create table channel_accounts (
  workspace_id int not null references workspaces,
  channel text not null,
  provider text not null,
  endpoint text not null,
  access_key_id text not null,
  access_key_secret text not null,
  sign_name text not null,
  opt_out_text text not null,
  price_per_segment_fen bigint not null,
  -- unguessable path of the provider's callbacks (they carry no signature)
  callback_token text not null unique,
  primary key (workspace_id, channel)
);

create table messages (
  workspace_id int not null,
  id text not null,
  -- (journey version, run, node, visit): one message per effect, ever
  effect_key text not null,
  person_id bigint not null,
  channel text not null,
  purpose text not null,
  template text not null,
  journey_id text,
  journey_version int,
  node_id text,
  run_id text,
  -- variables of the trigger, for the template
  context jsonb not null,
  state text not null check (state in ('queued', 'held', 'sending', 'sent', 'delivered', 'failed', 'dropped', 'unknown')),
  reason text,
  -- when it is next to be looked at; null when there is nothing more to do
  due_at timestamptz,
  -- a message that is still `sending` then has lost its sender
  lost_at timestamptz,
  attempts int not null default 0,
  address text,
  rendered jsonb,
  text text not null default '',
  segments int not null default 0,
  cost_fen bigint not null default 0,
  provider_id text,
  created_at timestamptz not null,
  sent_at timestamptz,
  delivered_at timestamptz,
  shown_at timestamptz,
  clicked_at timestamptz,
  replied_at timestamptz,
  -- somebody waits for what becomes of it; `news` when something did and they were not told yet
  awaited boolean not null default false,
  news boolean not null default false,
  primary key (workspace_id, id),
  unique (workspace_id, effect_key)
-- Room for a message's later states beside its first one, and no index on what they change (but due_at): most updates then
-- touch no index at all.
) with (fillfactor = 50);
create index messages_due on messages (due_at) where due_at is not null;
-- Few at any time, among the many that wait for their turn.
create index messages_unsettled on messages (due_at) where state in ('sending', 'unknown');
create index messages_person on messages (workspace_id, person_id);
create index messages_news on messages (workspace_id, id) where news;
create index messages_journey on messages (workspace_id, journey_id, id);
-- what the gate stopped, by reason
create index messages_stopped on messages (workspace_id, journey_id, node_id, reason) where state = 'dropped';

create table message_decisions (
  workspace_id int not null,
  message_id text not null,
  seq int not null,
  at timestamptz not null,
  answer text not null check (answer in ('send', 'hold', 'drop')),
  reason text not null,
  details jsonb not null,
  primary key (workspace_id, message_id, seq)
);

create table message_attempts (
  workspace_id int not null,
  message_id text not null,
  seq int not null,
  at timestamptz not null,
  outcome text not null,
  provider_id text,
  details jsonb not null,
  primary key (workspace_id, message_id, seq)
);
create index message_attempts_provider on message_attempts (workspace_id, provider_id) where outcome = 'accepted';

-- What happened to messages, committed with the message's change and then told to the intake as events; told rows go.
create table message_events (
  id bigint generated always as identity primary key,
  workspace_id int not null,
  person_id bigint not null,
  event text not null,
  properties jsonb not null,
  -- of the event: telling it twice counts once
  message_id text not null,
  at timestamptz not null,
  unique (workspace_id, message_id)
);

create table links (
  code text primary key,
  workspace_id int not null,
  message_id text not null,
  url text not null,
  created_at timestamptz not null
);

create table link_clicks (
  workspace_id int not null,
  id text not null,
  code text not null references links,
  message_id text not null,
  at timestamptz not null,
  user_agent text not null,
  primary key (workspace_id, id)
);

create table coupons (
  workspace_id int not null references workspaces,
  key text not null,
  name text not null,
  kind text not null check (kind in ('amount_off', 'percent_off')),
  value bigint not null,
  threshold_fen bigint not null,
  stock int not null,
  per_person_max int not null,
  valid_days int not null,
  status text not null check (status in ('active', 'archived')),
  claimed int not null default 0 check (claimed >= 0),
  used int not null default 0 check (used >= 0),
  created_at timestamptz not null,
  primary key (workspace_id, key),
  check (claimed <= stock)
);

create table coupon_claims (
  workspace_id int not null,
  code text not null,
  coupon_key text not null,
  person_id bigint not null,
  request_id text not null,
  state text not null check (state in ('claimed', 'locked', 'used', 'expired', 'returned')),
  claimed_at timestamptz not null,
  expires_at timestamptz not null,
  order_id text,
  discount_fen bigint,
  used_at timestamptz,
  -- when `Coupon Claimed` and `Coupon Used` were handed to the intake: the claim is its own outbox
  claim_recorded_at timestamptz,
  use_recorded_at timestamptz,
  primary key (workspace_id, code),
  unique (workspace_id, coupon_key, request_id),
  foreign key (workspace_id, coupon_key) references coupons
);
create index coupon_claims_person on coupon_claims (workspace_id, person_id);
create index coupon_claims_due on coupon_claims (expires_at) where state = 'claimed';
create index coupon_claims_unrecorded on coupon_claims (workspace_id, code)
  where claim_recorded_at is null or (state = 'used' and use_recorded_at is null);
create unique index coupon_claims_order on coupon_claims (workspace_id, order_id) where order_id is not null;

create table installed_playbooks (
  workspace_id int not null references workspaces,
  key text not null,
  installed_at timestamptz not null,
  journey_ids text[] not null,
  primary key (workspace_id, key)
);
