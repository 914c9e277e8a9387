-- What the migrations add up to. Written by server/test/schema.test.ts; not run by anything.

-- PostgreSQL

create sequence flush_numbers cache 1;

create sequence person_ids cache 1;

create table accounts (
  id text not null,
  email text not null,
  name text not null,
  password_hash text not null,
  created_at timestamp with time zone not null,
  constraint accounts_email_check CHECK ((email = lower(email))),
  constraint accounts_email_key UNIQUE (email),
  constraint accounts_pkey PRIMARY KEY (id)
);

create table alarm_outlets (
  workspace_id integer not null,
  kind text not null,
  language text not null,
  url text not null,
  secret text,
  told_at timestamp with time zone,
  updated_at timestamp with time zone not null,
  problem text,
  constraint alarm_outlets_kind_check CHECK ((kind = ANY (ARRAY['webhook'::text, 'dingtalk'::text, 'feishu'::text, 'wecom'::text]))),
  constraint alarm_outlets_language_check CHECK ((language = ANY (ARRAY['zh'::text, 'en'::text]))),
  constraint alarm_outlets_pkey PRIMARY KEY (workspace_id),
  constraint alarm_outlets_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table api_keys (
  workspace_id integer not null,
  id text not null,
  kind text not null,
  name text not null,
  key_hash bytea not null,
  hint text not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_keys_key_hash_key UNIQUE (key_hash),
  constraint api_keys_kind_check CHECK ((kind = ANY (ARRAY['write'::text, 'api'::text]))),
  constraint api_keys_pkey PRIMARY KEY (workspace_id, id),
  constraint api_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table applied_increments (
  workspace_id integer not null,
  message_id text not null,
  constraint applied_increments_pkey PRIMARY KEY (workspace_id, message_id)
);

create table audit_entries (
  workspace_id integer not null,
  id text not null,
  at timestamp with time zone not null,
  account text not null,
  action text not null,
  subject text not null,
  details jsonb not null,
  constraint audit_entries_pkey PRIMARY KEY (workspace_id, id),
  constraint audit_entries_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table channel_accounts (
  workspace_id integer not null,
  channel text not null,
  provider text not null,
  endpoint text not null,
  access_key_id text not null,
  access_key_secret text not null,
  sign_name text not null,
  opt_out_text text not null,
  price_per_segment_fen bigint not null,
  callback_token text not null,
  constraint channel_accounts_callback_token_key UNIQUE (callback_token),
  constraint channel_accounts_pkey PRIMARY KEY (workspace_id, channel),
  constraint channel_accounts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table consent_entries (
  workspace_id integer not null,
  id text not null,
  person_id bigint not null,
  channel text not null,
  purpose text not null,
  granted boolean not null,
  at timestamp with time zone not null,
  source text not null,
  text_version text not null,
  evidence jsonb not null,
  source_key text not null,
  constraint consent_entries_pkey PRIMARY KEY (workspace_id, id),
  constraint consent_entries_workspace_id_source_key_channel_purpose_key UNIQUE (workspace_id, source_key, channel, purpose)
);
CREATE INDEX consent_entries_person ON public.consent_entries USING btree (workspace_id, person_id, channel, purpose, at DESC);

create table coupon_claims (
  workspace_id integer not null,
  code text not null,
  coupon_key text not null,
  person_id bigint not null,
  request_id text not null,
  state text not null,
  claimed_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  order_id text,
  discount_fen bigint,
  used_at timestamp with time zone,
  claim_recorded_at timestamp with time zone,
  use_recorded_at timestamp with time zone,
  constraint coupon_claims_pkey PRIMARY KEY (workspace_id, code),
  constraint coupon_claims_state_check CHECK ((state = ANY (ARRAY['claimed'::text, 'locked'::text, 'used'::text, 'expired'::text, 'returned'::text]))),
  constraint coupon_claims_workspace_id_coupon_key_fkey FOREIGN KEY (workspace_id, coupon_key) REFERENCES coupons(workspace_id, key),
  constraint coupon_claims_workspace_id_coupon_key_request_id_key UNIQUE (workspace_id, coupon_key, request_id)
);
CREATE INDEX coupon_claims_due ON public.coupon_claims USING btree (expires_at) WHERE (state = 'claimed'::text);
CREATE UNIQUE INDEX coupon_claims_order ON public.coupon_claims USING btree (workspace_id, order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX coupon_claims_person ON public.coupon_claims USING btree (workspace_id, person_id);
CREATE INDEX coupon_claims_unrecorded ON public.coupon_claims USING btree (workspace_id, code) WHERE ((claim_recorded_at IS NULL) OR ((state = 'used'::text) AND (use_recorded_at IS NULL)));

create table coupons (
  workspace_id integer not null,
  key text not null,
  name text not null,
  kind text not null,
  value bigint not null,
  threshold_fen bigint not null,
  stock integer not null,
  per_person_max integer not null,
  valid_days integer not null,
  status text not null,
  claimed integer not null default 0,
  used integer not null default 0,
  created_at timestamp with time zone not null,
  constraint coupons_check CHECK ((claimed <= stock)),
  constraint coupons_claimed_check CHECK ((claimed >= 0)),
  constraint coupons_kind_check CHECK ((kind = ANY (ARRAY['amount_off'::text, 'percent_off'::text]))),
  constraint coupons_pkey PRIMARY KEY (workspace_id, key),
  constraint coupons_status_check CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text]))),
  constraint coupons_used_check CHECK ((used >= 0)),
  constraint coupons_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table definition_versions (
  workspace_id integer not null,
  kind text not null,
  key text not null,
  revision integer not null,
  change text not null,
  at timestamp with time zone not null,
  account text not null,
  name text not null,
  description text not null,
  layer text,
  scene text not null,
  rule jsonb,
  value_rules jsonb,
  several boolean not null default false,
  model jsonb,
  constraint definition_versions_change_check CHECK ((change = ANY (ARRAY['created'::text, 'changed'::text, 'boundaries'::text, 'archived'::text, 'restored'::text]))),
  constraint definition_versions_pkey PRIMARY KEY (workspace_id, kind, key, revision),
  constraint definition_versions_workspace_id_kind_key_fkey FOREIGN KEY (workspace_id, kind, key) REFERENCES definitions(workspace_id, kind, key)
);

create table definitions (
  workspace_id integer not null,
  kind text not null,
  key text not null,
  name text not null,
  description text not null,
  layer text,
  scene text not null,
  mode text not null,
  rule jsonb,
  value_rules jsonb,
  several boolean not null default false,
  model jsonb,
  status text not null,
  owner text not null,
  revision integer not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  computed_revision integer not null default 0,
  computed_at timestamp with time zone,
  computed_time_zone text,
  size bigint not null default 0,
  constraint definitions_check CHECK (((mode = 'dynamic'::text) = (rule IS NOT NULL))),
  constraint definitions_check1 CHECK (((mode = 'valued'::text) = (value_rules IS NOT NULL))),
  constraint definitions_check2 CHECK (((mode = 'valued'::text) OR (NOT several))),
  constraint definitions_check3 CHECK (((mode <> 'valued'::text) OR (kind = 'tag'::text))),
  constraint definitions_check4 CHECK (((model IS NULL) OR (mode = 'valued'::text))),
  constraint definitions_check5 CHECK (((kind = 'tag'::text) = (layer IS NOT NULL))),
  constraint definitions_kind_check CHECK ((kind = ANY (ARRAY['tag'::text, 'segment'::text]))),
  constraint definitions_mode_check CHECK ((mode = ANY (ARRAY['static'::text, 'dynamic'::text, 'valued'::text]))),
  constraint definitions_pkey PRIMARY KEY (workspace_id, kind, key),
  constraint definitions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text]))),
  constraint definitions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table holdout_groups (
  workspace_id integer not null,
  key text not null,
  name text not null,
  share integer not null,
  until timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint holdout_groups_pkey PRIMARY KEY (workspace_id, key),
  constraint holdout_groups_share_check CHECK (((share >= 1) AND (share <= 10000)))
);

create table identity_decisions (
  workspace_id integer not null,
  person_id bigint not null,
  other_id bigint not null,
  kind text not null,
  identifier_kind text not null,
  identifier_value text not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  times integer not null,
  constraint identity_decisions_kind_check CHECK ((kind = ANY (ARRAY['handed_on'::text, 'contact_kept'::text, 'accounts_kept'::text, 'split_kept'::text]))),
  constraint identity_decisions_pkey PRIMARY KEY (workspace_id, person_id, kind, identifier_kind, identifier_value, other_id)
);
CREATE INDEX identity_decisions_other ON public.identity_decisions USING btree (workspace_id, other_id);

create table ingest_checkpoint (
  one boolean not null default true,
  flush bigint not null,
  received_at timestamp with time zone not null,
  items_received_at timestamp with time zone not null,
  constraint ingest_checkpoint_one_check CHECK (one),
  constraint ingest_checkpoint_pkey PRIMARY KEY (one)
);

create table installed_playbooks (
  workspace_id integer not null,
  key text not null,
  installed_at timestamp with time zone not null,
  journey_ids text[] not null,
  constraint installed_playbooks_pkey PRIMARY KEY (workspace_id, key),
  constraint installed_playbooks_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table item_changes (
  workspace_id integer not null,
  id bigint generated always as identity not null,
  item_id text not null,
  change text not null,
  was bigint not null,
  became bigint not null,
  at timestamp with time zone not null,
  constraint item_changes_change_check CHECK ((change = ANY (ARRAY['price_drop'::text, 'back_in_stock'::text]))),
  constraint item_changes_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX item_changes_oldest ON public.item_changes USING btree (id);

create table items (
  workspace_id integer not null,
  item_id text not null,
  name text,
  category text,
  brand text,
  price_fen bigint,
  stock bigint,
  image_url text,
  url text,
  updated_at timestamp with time zone not null,
  constraint items_pkey PRIMARY KEY (workspace_id, item_id),
  constraint items_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table journey_absences (
  workspace_id integer not null,
  journey_id text not null,
  source_key text not null,
  person_id bigint not null,
  heard jsonb not null,
  due_at timestamp with time zone not null,
  told_at timestamp with time zone,
  constraint journey_absences_pkey PRIMARY KEY (workspace_id, journey_id, source_key)
);
CREATE INDEX journey_absences_due ON public.journey_absences USING btree (due_at) WHERE (told_at IS NULL);
CREATE INDEX journey_absences_person ON public.journey_absences USING btree (workspace_id, person_id);
CREATE INDEX journey_absences_told ON public.journey_absences USING btree (told_at) WHERE (told_at IS NOT NULL);

create table journey_alarm_limits (
  workspace_id integer not null,
  journey_id text not null,
  limits jsonb not null,
  updated_at timestamp with time zone not null,
  constraint journey_alarm_limits_pkey PRIMARY KEY (workspace_id, journey_id),
  constraint journey_alarm_limits_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);

create table journey_alarms (
  workspace_id integer not null,
  id text not null,
  journey_id text not null,
  kind text not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  opened_with jsonb not null,
  stands jsonb not null,
  untold text[] not null,
  tell_at timestamp with time zone,
  tries integer not null default 0,
  constraint journey_alarms_kind_check CHECK ((kind = ANY (ARRAY['failures'::text, 'drop'::text, 'cost'::text, 'lag'::text]))),
  constraint journey_alarms_pkey PRIMARY KEY (workspace_id, id),
  constraint journey_alarms_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);
CREATE INDEX journey_alarms_newest ON public.journey_alarms USING btree (workspace_id, journey_id, opened_at);
CREATE UNIQUE INDEX journey_alarms_open ON public.journey_alarms USING btree (workspace_id, journey_id, kind) WHERE (closed_at IS NULL);
CREATE INDEX journey_alarms_untold ON public.journey_alarms USING btree (tell_at) WHERE (tell_at IS NOT NULL);

create table journey_arms (
  workspace_id integer not null,
  journey_id text not null,
  node_id text not null,
  person_id bigint not null,
  version integer not null,
  run_id text not null,
  way text not null,
  how text not null,
  at timestamp with time zone not null,
  goals jsonb,
  constraint journey_arms_how_check CHECK ((how = ANY (ARRAY['lot'::text, 'winner'::text, 'before'::text]))),
  constraint journey_arms_pkey PRIMARY KEY (workspace_id, journey_id, node_id, person_id, version, run_id)
);
CREATE INDEX journey_arms_person ON public.journey_arms USING btree (workspace_id, person_id);

create table journey_contests (
  workspace_id integer not null,
  journey_id text not null,
  version integer not null,
  node_id text not null,
  started_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  people integer,
  way_count integer not null,
  within_ms bigint not null,
  filled_at timestamp with time zone,
  decided_at timestamp with time zone,
  decided_by text,
  reason text,
  way text,
  ways jsonb not null default '[]'::jsonb,
  looks integer not null default 0,
  tell_at timestamp with time zone,
  constraint journey_contests_pkey PRIMARY KEY (workspace_id, journey_id, version, node_id),
  constraint journey_contests_reason_check CHECK ((reason = ANY (ARRAY['sure'::text, 'otherwise'::text, 'spread'::text, 'by_hand'::text]))),
  constraint journey_contests_workspace_id_journey_id_version_fkey FOREIGN KEY (workspace_id, journey_id, version) REFERENCES journey_versions(workspace_id, journey_id, version)
);
CREATE INDEX journey_contests_filling ON public.journey_contests USING btree (workspace_id) WHERE ((people IS NOT NULL) AND (filled_at IS NULL) AND (decided_at IS NULL));
CREATE INDEX journey_contests_open ON public.journey_contests USING btree (due_at) WHERE (decided_at IS NULL);
CREATE INDEX journey_contests_untold ON public.journey_contests USING btree (tell_at) WHERE (tell_at IS NOT NULL);

create table journey_counter_hours (
  workspace_id integer not null,
  journey_id text not null,
  hour_at timestamp with time zone not null,
  version integer not null,
  node_id text not null,
  way text not null,
  entered bigint not null default 0,
  passed bigint not null default 0,
  timed_out bigint not null default 0,
  failed bigint not null default 0,
  left_here bigint not null default 0,
  constraint journey_counter_hours_pkey PRIMARY KEY (workspace_id, journey_id, node_id, hour_at, version, way)
);
CREATE INDEX journey_counter_hours_old ON public.journey_counter_hours USING btree (hour_at);

create table journey_counters (
  workspace_id integer not null,
  journey_id text not null,
  version integer not null,
  node_id text not null,
  way text not null default ''::text,
  entered bigint not null default 0,
  passed bigint not null default 0,
  timed_out bigint not null default 0,
  failed bigint not null default 0,
  left_here bigint not null default 0,
  moved bigint not null default 0,
  constraint journey_counters_pkey PRIMARY KEY (workspace_id, journey_id, version, node_id, way)
);

create table journey_deeds (
  workspace_id integer not null,
  effect_key text not null,
  run_id text not null,
  deed jsonb not null,
  asked_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  answer jsonb,
  constraint journey_deeds_pkey PRIMARY KEY (workspace_id, effect_key)
);
CREATE INDEX journey_deeds_answered ON public.journey_deeds USING btree (workspace_id, effect_key) WHERE (answer IS NOT NULL);
CREATE INDEX journey_deeds_due ON public.journey_deeds USING btree (due_at) WHERE (answer IS NULL);

create table journey_entries (
  workspace_id integer not null,
  journey_id text not null,
  total bigint not null,
  hour_at timestamp with time zone not null,
  in_hour bigint not null,
  constraint journey_entries_pkey PRIMARY KEY (workspace_id, journey_id),
  constraint journey_entries_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);

create table journey_goals (
  workspace_id integer not null,
  run_id text not null,
  goal text not null,
  journey_id text not null,
  version integer not null,
  person_id bigint not null,
  node_id text,
  variants jsonb not null,
  event text not null,
  source_key text not null,
  reached_at timestamp with time zone not null,
  money_fen bigint,
  constraint journey_goals_pkey PRIMARY KEY (workspace_id, run_id, goal)
);
CREATE INDEX journey_goals_of ON public.journey_goals USING btree (workspace_id, journey_id, goal);
CREATE INDEX journey_goals_person ON public.journey_goals USING btree (workspace_id, person_id);

create table journey_healed (
  workspace_id integer not null,
  journey_id text not null,
  runs bigint not null,
  last_at timestamp with time zone not null,
  constraint journey_healed_pkey PRIMARY KEY (workspace_id, journey_id)
);

create table journey_inbox (
  id bigint generated always as identity not null,
  workspace_id integer not null,
  source_key text not null,
  person_id bigint not null,
  kind text not null,
  name text not null,
  properties jsonb not null,
  caller jsonb,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  taken_at timestamp with time zone,
  tries integer not null default 0,
  retry_at timestamp with time zone,
  dropped text,
  constraint journey_inbox_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'segment_entry'::text, 'segment_exit'::text, 'tag_entry'::text, 'tag_exit'::text, 'event_absence'::text, 'schedule'::text, 'date'::text, 'item_change'::text, 'call'::text, 'stop'::text, 'task'::text, 'membership'::text]))),
  constraint journey_inbox_pkey PRIMARY KEY (id),
  constraint journey_inbox_workspace_id_source_key_key UNIQUE (workspace_id, source_key)
);
CREATE INDEX journey_inbox_open ON public.journey_inbox USING btree (id) WHERE (taken_at IS NULL);
CREATE INDEX journey_inbox_person ON public.journey_inbox USING btree (workspace_id, person_id, id) WHERE (taken_at IS NULL);

create table journey_item_sweeps (
  workspace_id integer not null,
  id bigint generated always as identity not null,
  targets jsonb not null,
  asked_to bigint not null default 0,
  started_at timestamp with time zone not null,
  constraint journey_item_sweeps_pkey PRIMARY KEY (workspace_id, id)
);

create table journey_listens (
  workspace_id integer not null,
  kind text not null,
  name text not null,
  journey_id text not null,
  version integer not null,
  goal_ms bigint,
  spent_at timestamp with time zone,
  constraint journey_listens_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'segment_entry'::text, 'segment_exit'::text, 'tag_entry'::text, 'tag_exit'::text, 'membership'::text]))),
  constraint journey_listens_pkey PRIMARY KEY (workspace_id, kind, name, journey_id, version),
  constraint journey_listens_workspace_id_journey_id_version_fkey FOREIGN KEY (workspace_id, journey_id, version) REFERENCES journey_versions(workspace_id, journey_id, version)
);
CREATE INDEX journey_listens_of ON public.journey_listens USING btree (workspace_id, journey_id, version);

create table journey_occurrence_people (
  workspace_id integer not null,
  id bigint generated always as identity not null,
  journey_id text not null,
  due_at timestamp with time zone not null,
  people bigint[] not null,
  constraint journey_occurrence_people_pkey PRIMARY KEY (workspace_id, id),
  constraint journey_occurrence_people_workspace_id_journey_id_due_at_fkey FOREIGN KEY (workspace_id, journey_id, due_at) REFERENCES journey_occurrences(workspace_id, journey_id, due_at)
);
CREATE INDEX journey_occurrence_people_of ON public.journey_occurrence_people USING btree (workspace_id, journey_id, due_at, id);

create table journey_occurrences (
  workspace_id integer not null,
  journey_id text not null,
  due_at timestamp with time zone not null,
  state text not null,
  reason text,
  collected_to bigint not null default 0,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  people bigint not null default 0,
  told bigint not null default 0,
  constraint journey_occurrences_pkey PRIMARY KEY (workspace_id, journey_id, due_at),
  constraint journey_occurrences_state_check CHECK ((state = ANY (ARRAY['collecting'::text, 'entering'::text, 'done'::text, 'skipped'::text, 'cut'::text]))),
  constraint journey_occurrences_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);
CREATE INDEX journey_occurrences_open ON public.journey_occurrences USING btree (state) WHERE (state = ANY (ARRAY['collecting'::text, 'entering'::text]));

create table journey_past_entries (
  workspace_id integer not null,
  person_id bigint not null,
  journey_id text not null,
  entered_at timestamp with time zone not null,
  constraint journey_past_entries_pkey PRIMARY KEY (workspace_id, person_id, journey_id)
);

create table journey_past_goals (
  workspace_id integer not null,
  journey_id text not null,
  goal text not null,
  version integer not null,
  node_id text not null,
  way text not null,
  reached bigint not null,
  money_fen bigint not null,
  last_at timestamp with time zone not null,
  constraint journey_past_goals_pkey PRIMARY KEY (workspace_id, journey_id, goal, version, node_id, way)
);

create table journey_past_runs (
  workspace_id integer not null,
  journey_id text not null,
  version integer not null,
  runs bigint not null,
  constraint journey_past_runs_pkey PRIMARY KEY (workspace_id, journey_id, version)
);

create table journey_refusals (
  workspace_id integer not null,
  journey_id text not null,
  person_id bigint not null,
  count bigint not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  recent jsonb not null,
  constraint journey_refusals_pkey PRIMARY KEY (workspace_id, person_id, journey_id)
);
CREATE INDEX journey_refusals_journey ON public.journey_refusals USING btree (workspace_id, journey_id);
CREATE INDEX journey_refusals_last ON public.journey_refusals USING btree (last_at);

create table journey_rehearsals (
  workspace_id integer not null,
  journey_id text not null,
  id text not null,
  state text not null,
  definition jsonb not null,
  draft_revision integer,
  version integer,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  reach text not null,
  answers jsonb not null,
  progress double precision not null default 0,
  asked_by text not null,
  asked_at timestamp with time zone not null,
  leased_until timestamp with time zone,
  ended_at timestamp with time zone,
  reason text,
  result jsonb,
  constraint journey_rehearsals_pkey PRIMARY KEY (workspace_id, journey_id, id),
  constraint journey_rehearsals_reach_check CHECK ((reach = ANY (ARRAY['recorded'::text, 'everyone'::text]))),
  constraint journey_rehearsals_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint journey_rehearsals_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);
CREATE INDEX journey_rehearsals_open ON public.journey_rehearsals USING btree (asked_at) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));

create table journey_reviews (
  workspace_id integer not null,
  journey_id text not null,
  id text not null,
  draft_revision integer not null,
  state text not null,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  note text not null,
  decided_by text,
  decided_at timestamp with time zone,
  comment text not null default ''::text,
  constraint journey_reviews_pkey PRIMARY KEY (workspace_id, journey_id, id),
  constraint journey_reviews_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text]))),
  constraint journey_reviews_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);

create table journey_runs (
  workspace_id integer not null,
  id text not null,
  journey_id text not null,
  version integer not null,
  person_id bigint not null,
  entry_key text not null,
  state text not null,
  node_id text not null,
  visit integer not null,
  wake_at timestamp with time zone,
  context jsonb not null,
  result text,
  steps integer not null default 0,
  tries integer not null default 0,
  entered_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint journey_runs_pkey PRIMARY KEY (workspace_id, id),
  constraint journey_runs_state_check CHECK ((state = ANY (ARRAY['active'::text, 'waiting'::text, 'finished'::text, 'exited'::text, 'failed'::text]))),
  constraint journey_runs_workspace_id_journey_id_entry_key_key UNIQUE (workspace_id, journey_id, entry_key)
);
CREATE INDEX journey_runs_due ON public.journey_runs USING btree (workspace_id, journey_id, wake_at) WHERE (state = ANY (ARRAY['active'::text, 'waiting'::text]));
CREATE INDEX journey_runs_ended_at ON public.journey_runs USING btree (workspace_id, journey_id, node_id, id) WHERE (state <> ALL (ARRAY['active'::text, 'waiting'::text]));
CREATE INDEX journey_runs_failed ON public.journey_runs USING btree (workspace_id, journey_id, node_id, id) WHERE (state = 'failed'::text);
CREATE INDEX journey_runs_node ON public.journey_runs USING btree (workspace_id, journey_id, node_id, id) WHERE (state = ANY (ARRAY['active'::text, 'waiting'::text]));
CREATE INDEX journey_runs_over ON public.journey_runs USING btree (updated_at) WHERE (state <> ALL (ARRAY['active'::text, 'waiting'::text]));
CREATE INDEX journey_runs_person ON public.journey_runs USING btree (workspace_id, person_id);
CREATE INDEX journey_runs_trying ON public.journey_runs USING btree (workspace_id, journey_id, id) WHERE ((tries > 0) AND (state = ANY (ARRAY['active'::text, 'waiting'::text])));
CREATE INDEX journey_runs_unwoken ON public.journey_runs USING btree (workspace_id) WHERE ((wake_at IS NULL) AND (state = ANY (ARRAY['active'::text, 'waiting'::text])));
CREATE INDEX journey_runs_version ON public.journey_runs USING btree (workspace_id, journey_id, version) WHERE (state = ANY (ARRAY['active'::text, 'waiting'::text]));

create table journey_schedules (
  workspace_id integer not null,
  journey_id text not null,
  due_at timestamp with time zone not null,
  constraint journey_schedules_pkey PRIMARY KEY (workspace_id, journey_id),
  constraint journey_schedules_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);
CREATE INDEX journey_schedules_due ON public.journey_schedules USING btree (due_at);

create table journey_steps (
  workspace_id integer not null,
  run_id text not null,
  seq integer not null,
  steps jsonb not null,
  at timestamp with time zone not null,
  marks bigint[] not null,
  constraint journey_steps_pkey PRIMARY KEY (workspace_id, run_id, seq)
);
CREATE INDEX journey_steps_marks ON public.journey_steps USING gin (marks);

create table journey_transfers (
  workspace_id integer not null,
  journey_id text not null,
  id text not null,
  to_version integer not null,
  plan jsonb not null,
  started_at timestamp with time zone not null,
  started_by text not null,
  ended_at timestamp with time zone,
  moved bigint not null default 0,
  left_here bigint not null default 0,
  constraint journey_transfers_pkey PRIMARY KEY (workspace_id, journey_id, id),
  constraint journey_transfers_workspace_id_journey_id_to_version_fkey FOREIGN KEY (workspace_id, journey_id, to_version) REFERENCES journey_versions(workspace_id, journey_id, version)
);
CREATE INDEX journey_transfers_open ON public.journey_transfers USING btree (started_at) WHERE (ended_at IS NULL);

create table journey_trial_people (
  workspace_id integer not null,
  journey_id text not null,
  trial_id text not null,
  person_id bigint not null,
  place integer not null,
  reasons jsonb not null,
  known jsonb not null,
  brought jsonb not null,
  story jsonb,
  constraint journey_trial_people_pkey PRIMARY KEY (workspace_id, journey_id, trial_id, person_id),
  constraint journey_trial_people_workspace_id_journey_id_trial_id_fkey FOREIGN KEY (workspace_id, journey_id, trial_id) REFERENCES journey_trials(workspace_id, journey_id, id) ON DELETE CASCADE
);

create table journey_trials (
  workspace_id integer not null,
  journey_id text not null,
  id text not null,
  state text not null,
  definition jsonb not null,
  draft_revision integer,
  version integer,
  input jsonb not null,
  from_at timestamp with time zone not null,
  virtual_at timestamp with time zone not null,
  real_at timestamp with time zone not null,
  speed integer not null,
  made jsonb not null default '[]'::jsonb,
  next_at timestamp with time zone,
  wake_at timestamp with time zone,
  inside integer not null default 0,
  coverage jsonb,
  problems jsonb,
  asked_by text not null,
  asked_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  tries integer not null default 0,
  reason text,
  constraint journey_trials_pkey PRIMARY KEY (workspace_id, journey_id, id),
  constraint journey_trials_state_check CHECK ((state = ANY (ARRAY['running'::text, 'paused'::text, 'done'::text, 'stopped'::text, 'failed'::text]))),
  constraint journey_trials_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);
CREATE INDEX journey_trials_due ON public.journey_trials USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE INDEX journey_trials_old ON public.journey_trials USING btree (asked_at);

create table journey_versions (
  workspace_id integer not null,
  journey_id text not null,
  version integer not null,
  definition jsonb not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint journey_versions_pkey PRIMARY KEY (workspace_id, journey_id, version),
  constraint journey_versions_workspace_id_journey_id_fkey FOREIGN KEY (workspace_id, journey_id) REFERENCES journeys(workspace_id, id)
);

create table journeys (
  workspace_id integer not null,
  id text not null,
  key text not null,
  name text not null,
  description text not null,
  status text not null,
  draft jsonb not null,
  draft_revision integer not null,
  draft_by text not null,
  draft_at timestamp with time zone not null,
  live_version integer,
  live_share integer not null default 10000,
  base_version integer,
  paused_at timestamp with time zone,
  pause_policy text not null default 'send'::text,
  pauses jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint journeys_live_share_check CHECK (((live_share >= 1) AND (live_share <= 10000))),
  constraint journeys_pause_policy_check CHECK ((pause_policy = ANY (ARRAY['send'::text, 'skip'::text, 'replan'::text]))),
  constraint journeys_pkey PRIMARY KEY (workspace_id, id),
  constraint journeys_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'paused'::text, 'archived'::text]))),
  constraint journeys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id),
  constraint journeys_workspace_id_key_key UNIQUE (workspace_id, key)
);

create table link_clicks (
  workspace_id integer not null,
  id text not null,
  code text not null,
  message_id text not null,
  at timestamp with time zone not null,
  user_agent text not null,
  constraint link_clicks_code_fkey FOREIGN KEY (code) REFERENCES links(code),
  constraint link_clicks_pkey PRIMARY KEY (workspace_id, id)
);

create table links (
  code text not null,
  workspace_id integer not null,
  message_id text not null,
  url text not null,
  created_at timestamp with time zone not null,
  constraint links_pkey PRIMARY KEY (code)
);

create table members (
  workspace_id integer not null,
  account_id text not null,
  role text not null,
  created_at timestamp with time zone not null,
  constraint members_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint members_pkey PRIMARY KEY (workspace_id, account_id),
  constraint members_role_check CHECK ((role = ANY (ARRAY['operator'::text, 'editor'::text, 'reviewer'::text, 'agent'::text, 'analyst'::text, 'admin'::text]))),
  constraint members_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table membership_outbox (
  id bigint generated always as identity not null,
  workspace_id integer not null,
  kind text not null,
  key text not null,
  value text not null,
  entered boolean not null,
  at timestamp with time zone not null,
  reason text not null,
  people bytea not null,
  people_count integer not null,
  constraint membership_outbox_pkey PRIMARY KEY (id)
);

create table membership_slots (
  workspace_id integer not null,
  slot integer not null,
  kind text not null,
  key text not null,
  value text not null,
  retired boolean not null default false,
  constraint membership_slots_pkey PRIMARY KEY (workspace_id, slot),
  constraint membership_slots_workspace_id_kind_key_fkey FOREIGN KEY (workspace_id, kind, key) REFERENCES definitions(workspace_id, kind, key)
);
CREATE UNIQUE INDEX membership_slots_in_use ON public.membership_slots USING btree (workspace_id, kind, key, value) WHERE (NOT retired);

create table message_attempts (
  workspace_id integer not null,
  message_id text not null,
  seq integer not null,
  at timestamp with time zone not null,
  outcome text not null,
  provider_id text,
  details jsonb not null,
  constraint message_attempts_pkey PRIMARY KEY (workspace_id, message_id, seq)
);
CREATE INDEX message_attempts_provider ON public.message_attempts USING btree (workspace_id, provider_id) WHERE (outcome = 'accepted'::text);

create table message_decisions (
  workspace_id integer not null,
  message_id text not null,
  seq integer not null,
  at timestamp with time zone not null,
  answer text not null,
  reason text not null,
  details jsonb not null,
  constraint message_decisions_answer_check CHECK ((answer = ANY (ARRAY['send'::text, 'hold'::text, 'drop'::text]))),
  constraint message_decisions_pkey PRIMARY KEY (workspace_id, message_id, seq)
);

create table message_events (
  id bigint generated always as identity not null,
  workspace_id integer not null,
  person_id bigint not null,
  event text not null,
  properties jsonb not null,
  message_id text not null,
  at timestamp with time zone not null,
  constraint message_events_pkey PRIMARY KEY (id),
  constraint message_events_workspace_id_message_id_key UNIQUE (workspace_id, message_id)
);

create table messages (
  workspace_id integer not null,
  id text not null,
  effect_key text not null,
  person_id bigint not null,
  channel text not null,
  purpose text not null,
  template text not null,
  journey_id text,
  journey_version integer,
  node_id text,
  run_id text,
  context jsonb not null,
  state text not null,
  reason text,
  due_at timestamp with time zone,
  lost_at timestamp with time zone,
  attempts integer not null default 0,
  address text,
  rendered jsonb,
  text text not null default ''::text,
  segments integer not null default 0,
  cost_fen bigint not null default 0,
  provider_id text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  delivered_at timestamp with time zone,
  shown_at timestamp with time zone,
  clicked_at timestamp with time zone,
  replied_at timestamp with time zone,
  awaited boolean not null default false,
  news boolean not null default false,
  constraint messages_pkey PRIMARY KEY (workspace_id, id),
  constraint messages_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'held'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'dropped'::text, 'unknown'::text]))),
  constraint messages_workspace_id_effect_key_key UNIQUE (workspace_id, effect_key)
);
CREATE INDEX messages_due ON public.messages USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX messages_journey ON public.messages USING btree (workspace_id, journey_id, id);
CREATE INDEX messages_news ON public.messages USING btree (workspace_id, id) WHERE news;
CREATE INDEX messages_person ON public.messages USING btree (workspace_id, person_id);
CREATE INDEX messages_stopped ON public.messages USING btree (workspace_id, journey_id, node_id, reason) WHERE (state = 'dropped'::text);
CREATE INDEX messages_unsettled ON public.messages USING btree (due_at) WHERE (state = ANY (ARRAY['sending'::text, 'unknown'::text]));

create table migrations (
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table order_lines (
  workspace_id integer not null,
  order_id text not null,
  line_no integer not null,
  item_id text not null,
  name text not null,
  quantity double precision not null,
  price_fen bigint not null,
  constraint order_lines_pkey PRIMARY KEY (workspace_id, order_id, line_no),
  constraint order_lines_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES orders(workspace_id, order_id)
);

create table order_refunds (
  workspace_id integer not null,
  order_id text not null,
  message_id text not null,
  amount_fen bigint not null,
  refunded_at timestamp with time zone not null,
  constraint order_refunds_pkey PRIMARY KEY (workspace_id, order_id, message_id),
  constraint order_refunds_workspace_id_order_id_fkey FOREIGN KEY (workspace_id, order_id) REFERENCES orders(workspace_id, order_id)
);

create table orders (
  workspace_id integer not null,
  order_id text not null,
  person_id bigint not null,
  status text not null,
  currency text not null,
  total_fen bigint not null,
  paid_fen bigint not null,
  refunded_fen bigint not null,
  coupon_code text,
  created_at timestamp with time zone not null,
  paid_at timestamp with time zone,
  constraint orders_pkey PRIMARY KEY (workspace_id, order_id),
  constraint orders_status_check CHECK ((status = ANY (ARRAY['created'::text, 'paid'::text, 'cancelled'::text, 'refunded'::text])))
);
CREATE INDEX orders_paid ON public.orders USING btree (workspace_id, paid_at) WHERE (paid_at IS NOT NULL);
CREATE INDEX orders_person ON public.orders USING btree (workspace_id, person_id, created_at DESC);

create table people_saves (
  workspace_id integer not null,
  id text not null,
  segment_key text not null,
  filter jsonb not null,
  state text not null,
  saved_to bigint,
  saved bigint not null default 0,
  about bigint,
  problem text,
  started_by text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint people_saves_pkey PRIMARY KEY (workspace_id, id),
  constraint people_saves_problem_check CHECK ((problem = ANY (ARRAY['segment_gone'::text, 'filter_gone'::text]))),
  constraint people_saves_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text]))),
  constraint people_saves_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);
CREATE INDEX people_saves_running ON public.people_saves USING btree (started_at) WHERE (state = 'running'::text);

create table person_identities (
  workspace_id integer not null,
  kind text not null,
  value text not null,
  person_id bigint not null,
  origin bigint not null,
  linked_at timestamp with time zone not null,
  via text not null,
  message_id text not null,
  constraint person_identities_kind_check CHECK ((kind = ANY (ARRAY['user_id'::text, 'anonymous_id'::text, 'phone'::text, 'email'::text, 'openid'::text, 'unionid'::text]))),
  constraint person_identities_pkey PRIMARY KEY (workspace_id, kind, value)
);
CREATE INDEX person_identities_person ON public.person_identities USING btree (workspace_id, person_id);

create table person_memberships (
  workspace_id integer not null,
  person_id bigint not null,
  held bytea not null,
  due_at timestamp with time zone,
  version integer not null,
  constraint person_memberships_pkey PRIMARY KEY (workspace_id, person_id)
);
CREATE INDEX person_memberships_due ON public.person_memberships USING btree (due_at) WHERE (due_at IS NOT NULL);

create table person_merge_history (
  workspace_id integer not null,
  id text not null,
  from_person bigint not null,
  into_person bigint not null,
  at timestamp with time zone not null,
  reason text not null,
  message_id text not null,
  moved jsonb not null,
  undone_at timestamp with time zone,
  undone_by text,
  undone_note text,
  constraint person_merge_history_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX person_merge_history_from ON public.person_merge_history USING btree (workspace_id, from_person);
CREATE INDEX person_merge_history_into ON public.person_merge_history USING btree (workspace_id, into_person);

create table person_merges (
  workspace_id integer not null,
  from_person bigint not null,
  into_person bigint not null,
  direct_into bigint not null,
  at timestamp with time zone not null,
  reason text not null,
  message_id text not null,
  version bigint not null,
  constraint person_merges_pkey PRIMARY KEY (workspace_id, from_person)
);
CREATE INDEX person_merges_into ON public.person_merges USING btree (workspace_id, into_person);

create table person_separations (
  workspace_id integer not null,
  person_id bigint not null,
  other_id bigint not null,
  constraint person_separations_pkey PRIMARY KEY (workspace_id, person_id, other_id)
);

create table persons (
  workspace_id integer not null,
  id bigint not null,
  attributes jsonb not null,
  attribute_times jsonb not null,
  attribute_sources jsonb not null,
  own jsonb,
  created_at timestamp with time zone not null,
  version bigint not null,
  merged_into bigint,
  constraint persons_pkey PRIMARY KEY (workspace_id, id)
);

create table quarantined_events (
  workspace_id integer not null,
  id text not null,
  received_at timestamp with time zone not null,
  source text not null,
  reason text not null,
  problems jsonb not null,
  raw bytea not null,
  status text not null,
  constraint quarantined_events_pkey PRIMARY KEY (workspace_id, id),
  constraint quarantined_events_status_check CHECK ((status = ANY (ARRAY['open'::text, 'replayed'::text, 'discarded'::text]))),
  constraint quarantined_events_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);
CREATE INDEX quarantined_events_open ON public.quarantined_events USING btree (workspace_id, id) WHERE (status = 'open'::text);

create table sessions (
  token_hash bytea not null,
  workspace_id integer not null,
  account_id text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table suppressions (
  workspace_id integer not null,
  channel text not null,
  address text not null,
  reason text not null,
  at timestamp with time zone not null,
  evidence jsonb not null,
  constraint suppressions_pkey PRIMARY KEY (workspace_id, channel, address)
);

create table task_entries (
  id bigint generated always as identity not null,
  workspace_id integer not null,
  task_id text not null,
  kind text not null,
  by text,
  text text not null,
  details jsonb not null,
  at timestamp with time zone not null,
  constraint task_entries_kind_check CHECK ((kind = ANY (ARRAY['opened'::text, 'taken'::text, 'put_back'::text, 'handed'::text, 'comment'::text, 'rescheduled'::text, 'reopened'::text, 'done'::text, 'overdue'::text, 'withdrawn'::text]))),
  constraint task_entries_pkey PRIMARY KEY (workspace_id, task_id, id),
  constraint task_entries_workspace_id_task_id_fkey FOREIGN KEY (workspace_id, task_id) REFERENCES tasks(workspace_id, id) ON DELETE CASCADE
);

create table tasks (
  workspace_id integer not null,
  id text not null,
  effect_key text not null,
  journey_id text not null,
  node_id text not null,
  run_id text not null,
  person_id bigint not null,
  title text not null,
  instructions text not null,
  context jsonb not null,
  priority text not null,
  who jsonb not null,
  outcomes jsonb not null,
  state text not null,
  opened_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  taken_by text,
  taken_at timestamp with time zone,
  closed_at timestamp with time zone,
  closed_by text,
  outcome text,
  note text not null,
  reason text,
  answer_key text,
  constraint tasks_check CHECK (((closed_at IS NULL) = (state = ANY (ARRAY['open'::text, 'taken'::text])))),
  constraint tasks_check1 CHECK (((state = 'taken'::text) <= (taken_by IS NOT NULL))),
  constraint tasks_check2 CHECK (((state = 'done'::text) = (outcome IS NOT NULL))),
  constraint tasks_pkey PRIMARY KEY (workspace_id, id),
  constraint tasks_priority_check CHECK ((priority = ANY (ARRAY['normal'::text, 'high'::text]))),
  constraint tasks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'taken'::text, 'done'::text, 'overdue'::text, 'withdrawn'::text]))),
  constraint tasks_workspace_id_effect_key_key UNIQUE (workspace_id, effect_key)
);
CREATE INDEX tasks_closed ON public.tasks USING btree (workspace_id, closed_at, id) WHERE (closed_at IS NOT NULL);
CREATE INDEX tasks_due ON public.tasks USING btree (workspace_id, due_at, id) WHERE (state = ANY (ARRAY['open'::text, 'taken'::text]));
CREATE INDEX tasks_person ON public.tasks USING btree (workspace_id, person_id);
CREATE INDEX tasks_run ON public.tasks USING btree (workspace_id, run_id);

create table templates (
  workspace_id integer not null,
  key text not null,
  name text not null,
  channel text not null,
  content jsonb not null,
  link_url text not null,
  provider_code text,
  provider_text text,
  provider_status text,
  status text not null,
  revision integer not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint templates_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'popup'::text]))),
  constraint templates_pkey PRIMARY KEY (workspace_id, key),
  constraint templates_provider_status_check CHECK ((provider_status = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text]))),
  constraint templates_status_check CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text]))),
  constraint templates_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table test_messages (
  workspace_id integer not null,
  id text not null,
  key text not null,
  trial_id text not null,
  recipient_id text not null,
  channel text not null,
  template text not null,
  content jsonb not null,
  link_code text,
  link_url text,
  state text not null,
  reason text,
  due_at timestamp with time zone,
  provider_id text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  delivered_at timestamp with time zone,
  clicked_at timestamp with time zone,
  constraint test_messages_pkey PRIMARY KEY (workspace_id, id),
  constraint test_messages_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'unknown'::text, 'stopped'::text]))),
  constraint test_messages_workspace_id_key_key UNIQUE (workspace_id, key),
  constraint test_messages_workspace_id_recipient_id_fkey FOREIGN KEY (workspace_id, recipient_id) REFERENCES test_recipients(workspace_id, id)
);
CREATE INDEX test_messages_due ON public.test_messages USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX test_messages_link ON public.test_messages USING btree (link_code) WHERE (link_code IS NOT NULL);
CREATE INDEX test_messages_recipient ON public.test_messages USING btree (workspace_id, recipient_id);
CREATE INDEX test_messages_trial ON public.test_messages USING btree (workspace_id, trial_id);

create table test_recipients (
  workspace_id integer not null,
  id text not null,
  name text not null,
  channel text not null,
  address text not null,
  confirmed_by text not null,
  confirmed_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint test_recipients_pkey PRIMARY KEY (workspace_id, id),
  constraint test_recipients_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);
CREATE UNIQUE INDEX test_recipients_address ON public.test_recipients USING btree (workspace_id, channel, address) WHERE (removed_at IS NULL);

create table touched_people (
  workspace_id integer not null,
  person_id bigint not null,
  changes text[] not null,
  touched_at timestamp with time zone not null,
  id bigint generated always as identity not null,
  constraint touched_people_pkey PRIMARY KEY (id)
);

create table value_sizes (
  workspace_id integer not null,
  kind text not null,
  key text not null,
  value text not null,
  size bigint not null,
  constraint value_sizes_pkey PRIMARY KEY (workspace_id, kind, key, value),
  constraint value_sizes_workspace_id_kind_key_fkey FOREIGN KEY (workspace_id, kind, key) REFERENCES definitions(workspace_id, kind, key)
);

create table webhook_endpoints (
  workspace_id integer not null,
  key text not null,
  name text not null,
  url text not null,
  secrets text not null,
  header_names text[] not null,
  before_until timestamp with time zone,
  timeout_seconds integer not null,
  enabled boolean not null,
  paused_at timestamp with time zone,
  paused_why text,
  failures integer not null default 0,
  failing_since timestamp with time zone,
  revision integer not null default 1,
  created_at timestamp with time zone not null,
  constraint webhook_endpoints_paused_why_check CHECK ((paused_why = ANY (ARRAY['failing'::text, 'gone'::text]))),
  constraint webhook_endpoints_pkey PRIMARY KEY (workspace_id, key),
  constraint webhook_endpoints_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);

create table webhook_postings (
  workspace_id integer not null,
  effect_key text not null,
  endpoint text not null,
  journey_id text not null,
  run_id text not null,
  node_id text not null,
  deed jsonb not null,
  state text not null,
  reason text,
  asked_at timestamp with time zone not null,
  until timestamp with time zone not null,
  due_at timestamp with time zone,
  done_at timestamp with time zone,
  tries integer not null default 0,
  attempts jsonb not null default '[]'::jsonb,
  resent boolean not null default false,
  constraint webhook_postings_pkey PRIMARY KEY (workspace_id, effect_key),
  constraint webhook_postings_state_check CHECK ((state = ANY (ARRAY['due'::text, 'answered'::text, 'failed'::text, 'dropped'::text])))
);
CREATE INDEX webhook_postings_asked ON public.webhook_postings USING btree (workspace_id, endpoint, asked_at DESC, effect_key DESC);
CREATE INDEX webhook_postings_done ON public.webhook_postings USING btree (done_at) WHERE (state <> 'due'::text);
CREATE INDEX webhook_postings_due ON public.webhook_postings USING btree (workspace_id, endpoint, due_at) WHERE (state = 'due'::text);
CREATE INDEX webhook_postings_run ON public.webhook_postings USING btree (workspace_id, run_id);
CREATE INDEX webhook_postings_until ON public.webhook_postings USING btree (until) WHERE (state = 'due'::text);

create table workspaces (
  id integer generated always as identity not null,
  name text not null,
  time_zone text not null,
  settings jsonb not null,
  created_at timestamp with time zone not null,
  constraint workspaces_pkey PRIMARY KEY (id)
);

-- ClickHouse

CREATE TABLE events
(
    `workspace_id` UInt32,
    `person_id` UInt64,
    `time` DateTime64(3, 'UTC'),
    `event` LowCardinality(String),
    `type` LowCardinality(String),
    `message_id` String,
    `message_hash` UInt64,
    `user_id` String,
    `anonymous_id` String,
    `properties` String,
    `context` String,
    `received_at` DateTime64(3, 'UTC'),
    INDEX message_hash message_hash TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX received_at received_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (workspace_id, person_id, time)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256, min_compress_block_size = 16384;

CREATE TABLE journey_history
(
    `workspace_id` UInt32,
    `journey_id` LowCardinality(String),
    `id` String,
    `version` UInt32,
    `person_id` UInt64,
    `state` LowCardinality(String),
    `node_id` LowCardinality(String),
    `visit` UInt32,
    `context` String,
    `result` String,
    `steps` UInt32,
    `story` String,
    `marks` Array(UInt64),
    `marked_at` Array(UInt64),
    `goals` String,
    `entered_at` DateTime64(3, 'UTC'),
    `ended_at` DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, journey_id, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE membership_changes
(
    `workspace_id` UInt32,
    `kind` LowCardinality(String),
    `key` LowCardinality(String),
    `person_id` UInt64,
    `value` String,
    `at` DateTime64(3, 'UTC'),
    `seq` UInt64,
    `entered` UInt8,
    `reason` LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, kind, key, person_id, value, at, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE membership_moves
(
    `workspace_id` UInt32,
    `kind` LowCardinality(String),
    `key` LowCardinality(String),
    `value` String,
    `at` DateTime64(3, 'UTC'),
    `seq` UInt64,
    `entered` UInt8,
    `reason` LowCardinality(String),
    `people` Array(UInt64)
)
ENGINE = `Null`;

CREATE MATERIALIZED VIEW membership_moves_of_each TO membership_changes
(
    `workspace_id` UInt32,
    `kind` LowCardinality(String),
    `key` LowCardinality(String),
    `person_id` UInt64,
    `value` String,
    `at` DateTime64(3, 'UTC'),
    `seq` UInt64,
    `entered` UInt8,
    `reason` LowCardinality(String)
)
AS SELECT
    workspace_id,
    kind,
    key,
    arrayJoin(people) AS person_id,
    value,
    at,
    seq,
    entered,
    reason
FROM membership_moves;

CREATE TABLE migrations
(
    `name` String,
    `checksum` String,
    `applied_at` DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY name
SETTINGS index_granularity = 8192;

CREATE DICTIONARY person_override_map
(
    `workspace_id` UInt32,
    `old_person_id` UInt64,
    `person_id` UInt64
)
PRIMARY KEY workspace_id, old_person_id
SOURCE(CLICKHOUSE(QUERY 'select workspace_id, old_person_id, argMax(person_id, version) as person_id from person_overrides group by workspace_id, old_person_id'))
LIFETIME(MIN 0 MAX 0)
LAYOUT(COMPLEX_KEY_HASHED());

CREATE TABLE person_overrides
(
    `workspace_id` UInt32,
    `old_person_id` UInt64,
    `person_id` UInt64,
    `version` UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, old_person_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE profiles
(
    `workspace_id` UInt32,
    `person_id` UInt64,
    `attributes` String,
    `merged` UInt8,
    `created_at` DateTime64(3, 'UTC'),
    `version` UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, person_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 256, min_compress_block_size = 16384;
