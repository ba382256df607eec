-- Resources of the EHR as last read (a mirror: rebuildable), and what only an onlooker can know of them.
create table resource (
  type text not null,
  id text not null,
  version_id text,
  last_updated timestamptz,
  body jsonb,
  deleted boolean not null default false,
  digest text not null,
  observed_at timestamptz not null,
  -- Appointments: first version seen, and when the version was stored that made it what it is now.
  first_seen jsonb,
  changed_at timestamptz,
  primary key (type, id)
);

create table resource_patient (
  type text not null,
  id text not null,
  patient text not null,
  primary key (type, id, patient),
  foreign key (type, id) references resource on delete cascade
);

create index resource_patient_by_patient on resource_patient (patient, type);

-- The subject of the loop. generation <> planned_generation: facts have changed since the last plan.
create table patient (
  reference text primary key,
  generation bigint not null default 1,
  planned_generation bigint not null default 0,
  look_again_at timestamptz,
  brake bigint
);

create index patient_unplanned on patient (reference) where generation <> planned_generation;

create index patient_look_again on patient (look_again_at) where look_again_at is not null;

-- Who uses an address: to tell a shared phone, and to find who wrote to us.
create table address (
  patient text not null,
  address text not null,
  person text not null,
  primary key (patient, address, person)
);

create index address_by_address on address (address);

create table message (
  key text primary key,
  id text not null unique,
  patient text not null,
  rule text not null,
  state text not null check (state in ('planned', 'withdrawn', 'expired', 'dropped', 'sending', 'sent', 'delivered', 'failed', 'unknown')),
  reason text,
  medium text not null,
  address text not null,
  join_key text,
  due_at timestamptz not null,
  send_before timestamptz not null,
  plan jsonb not null,
  channel text,
  batch text,
  provider_id text,
  body text,
  subject text,
  claimed_at timestamptz,
  sent_at timestamptz,
  changed_at timestamptz not null,
  revision bigint not null default 1,
  published_revision bigint not null default 0,
  publish_after timestamptz,
  publish_attempts int not null default 0,
  ehr_reference text,
  ehr_request text
);

create index message_due on message (due_at) where state = 'planned';

create index message_by_patient on message (patient);

create index message_in_flight on message (claimed_at) where state = 'sending';

create index message_by_provider on message (channel, provider_id) where provider_id is not null;

create index message_by_batch on message (batch) where batch is not null;

create index message_sent_to on message (address, sent_at) where sent_at is not null;

create index message_unpublished on message (publish_after) where revision <> published_revision;

create table task (
  key text primary key,
  id text not null unique,
  patient text not null,
  rule text not null,
  state text not null check (state in ('open', 'done', 'withdrawn')),
  reason text,
  plan jsonb not null,
  due_at timestamptz not null,
  changed_at timestamptz not null,
  revision bigint not null default 1,
  published_revision bigint not null default 0,
  publish_after timestamptz,
  publish_attempts int not null default 0,
  ehr_reference text
);

create index task_by_patient on task (patient);

create index task_unpublished on task (publish_after) where revision <> published_revision;

create table inbound (
  id text primary key,
  channel text not null,
  provider_id text not null,
  medium text not null,
  address text not null,
  our_address text not null,
  body text not null,
  attachments jsonb not null default '[]',
  keyword text,
  received_at timestamptz not null,
  recorded_at timestamptz not null,
  handled_at timestamptz,
  patients text[] not null default '{}',
  outcome text,
  revision bigint not null default 1,
  published_revision bigint not null default 0,
  publish_after timestamptz,
  publish_attempts int not null default 0,
  ehr_reference text,
  unique (channel, provider_id)
);

create index inbound_unhandled on inbound (recorded_at) where handled_at is null;

create index inbound_by_patient on inbound using gin (patients);

create index inbound_unpublished on inbound (publish_after) where revision <> published_revision;

create table reply (
  inbound text not null references inbound,
  patient text not null,
  appointment text not null,
  start timestamptz not null,
  meaning text not null check (meaning in ('confirm', 'cancel', 'reschedule')),
  at timestamptz not null,
  written_at timestamptz,
  write_after timestamptz,
  write_attempts int not null default 0,
  write_outcome text,
  primary key (inbound, patient, appointment)
);

create index reply_by_patient on reply (patient);

create index reply_unwritten on reply (write_after) where written_at is null;

-- A question we asked an address ("which visit?"), so that "2" finds its meaning.
create table question (
  address text primary key,
  asked_at timestamptz not null,
  options jsonb not null
);

create table opt_out (
  address text not null,
  medium text not null,
  kind text not null check (kind in ('opted-out', 'wrong-number')),
  at timestamptz not null,
  source text not null,
  lifted_at timestamptz,
  primary key (address, medium, kind)
);

create table bad_address (
  address text primary key,
  reason text not null,
  at timestamptz not null
);

-- Hints from the EHR: may be lost, doubled, late. A row lives until it has been looked into.
create table notification (
  id bigserial primary key,
  connection text not null,
  type text,
  resource_id text,
  -- What the EHR counts, where it counts: a number that is missing is a notification that was lost.
  subscription text,
  event_number numeric,
  received_at timestamptz not null,
  -- The EHR could not show what it points at: tried again from then on, and later each time.
  attempts int not null default 0,
  look_after timestamptz
);

create table subscription (
  connection text not null,
  id text not null,
  last_event text not null,
  heard_at timestamptz not null,
  primary key (connection, id)
);

create table cursor (
  connection text not null,
  type text not null,
  position jsonb not null,
  baseline_at timestamptz,
  moved_at timestamptz not null,
  primary key (connection, type)
);

create table policy (
  version text primary key,
  body jsonb not null,
  activated_at timestamptz not null,
  activated_by text not null
);

create table brake (
  id bigserial primary key,
  cause text not null,
  pulled_at timestamptz not null,
  dry_run jsonb not null,
  released_at timestamptz,
  released_by text
);

-- Which instance does a sweep now; it lapses by itself when that instance dies.
create table lease (
  name text primary key,
  holder text not null,
  until timestamptz not null
);

create table control (
  name text primary key,
  value jsonb not null,
  at timestamptz not null,
  by text not null
);

-- Delivery reports as they came: one may be here before the message knows its provider's name for it.
create table delivery_report (
  channel text not null,
  provider_id text not null,
  state text not null check (state in ('sent', 'delivered', 'failed')),
  reason text,
  at timestamptz not null,
  primary key (channel, provider_id, state)
);

-- The embedded phone's own memory: what would have left the machine, and what was typed on the page.
create table phone_message (
  id text primary key,
  medium text not null,
  written_by text not null check (written_by in ('practice', 'patient')),
  from_address text not null,
  to_address text not null,
  subject text,
  body text not null,
  unsubscribe_url text,
  at timestamptz not null,
  delivered boolean not null,
  reference text
);

create index phone_message_by_time on phone_message (at);

create index phone_message_by_reference on phone_message (reference) where reference is not null;

-- Who, what, when and why: append-only, each row sealing the one before (law 14).
create table journal (
  seq bigint primary key,
  at timestamptz not null,
  who text not null,
  what text not null,
  patient text,
  key text,
  reason text,
  detail jsonb not null default '{}',
  hash text not null
);

create index journal_by_patient on journal (patient, seq);

create index journal_by_key on journal (key, seq);

create table journal_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash text not null
);

insert into journal_head (seq, hash) values (0, '');

create function journal_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the journal is append-only';
end $$;

create trigger journal_append_only before update or delete on journal for each row execute function journal_is_append_only();

create trigger journal_never_emptied before truncate on journal for each statement execute function journal_is_append_only();
