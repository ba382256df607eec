-- How changes came to be known, five minutes a row: announced by a hook, or found by the poll alone.
create table hearing (
  practice text not null,
  connection text not null,
  type text not null,
  slot timestamptz not null,
  by_hook int not null default 0,
  by_poll int not null default 0,
  -- From the change in the EHR to our knowing of it, of those that a hook announced.
  lag_ms bigint not null default 0,
  longest_lag_ms bigint not null default 0,
  primary key (practice, connection, type, slot)
);

-- What became of each Subscription there should be, and when it is to be mended next.
create table watched_subscription (
  practice text not null,
  connection text not null,
  criteria text not null,
  state text not null check (state in ('active', 'waiting', 'wrong', 'missing', 'silent')),
  since timestamptz not null,
  attempts int not null default 0,
  mended_at timestamptz,
  try_after timestamptz,
  primary key (practice, connection, criteria)
);
