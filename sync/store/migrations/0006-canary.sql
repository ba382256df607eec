-- The record of ours that is changed now and then, to hear whether the EHR announces it.
create table canary (
  practice text not null,
  connection text not null,
  -- What its identifier in the EHR is made of: the same in every try to make it.
  key text not null,
  -- The EHR's id, once it is there.
  resource_id text,
  written_at timestamptz,
  heard_at timestamptz,
  -- The newest one was waited for long enough, and counts among the misses.
  judged boolean not null default false,
  -- In a row.
  misses int not null default 0,
  primary key (practice, connection)
);

alter table watched_subscription
  drop constraint watched_subscription_state_check,
  add check (state in ('active', 'waiting', 'wrong', 'missing', 'silent', 'deaf')),
  -- A sentence of ours: the EHR's own words may quote what could not be delivered.
  add column why text;
