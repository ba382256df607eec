-- What is wrong at the moment, and since when; told_at once somebody was called.
create table alarm (
  practice text not null,
  alarm text not null,
  subject text not null,
  detail text not null,
  since timestamptz not null,
  told_at timestamptz,
  primary key (practice, alarm, subject)
);

create index message_changed on message (practice, changed_at);
