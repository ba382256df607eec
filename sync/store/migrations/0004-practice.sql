-- Whose row it is. One database may serve several practices, and where one server no longer carries them this column says
-- which rows live together; so it stands in every key (docs/growth.md). What is here already
-- belongs to the only practice there was. An instance of before cannot work beside this schema: stop it first.
alter table resource_patient drop constraint resource_patient_type_id_fkey;

alter table reply drop constraint reply_inbound_fkey;

alter table journal_head drop constraint journal_head_pkey;

alter table journal_head drop column one;

alter table resource
  add column practice text not null default 'practice',
  drop constraint resource_pkey,
  add primary key (practice, type, id);

alter table resource alter column practice drop default;

alter table resource_patient
  add column practice text not null default 'practice',
  drop constraint resource_patient_pkey,
  add primary key (practice, type, id, patient);

alter table resource_patient alter column practice drop default;

alter table patient
  add column practice text not null default 'practice',
  drop constraint patient_pkey,
  add primary key (practice, reference);

alter table patient alter column practice drop default;

alter table address
  add column practice text not null default 'practice',
  drop constraint address_pkey,
  add primary key (practice, patient, address, person);

alter table address alter column practice drop default;

alter table message
  add column practice text not null default 'practice',
  drop constraint message_pkey,
  add primary key (practice, key);

alter table message alter column practice drop default;

alter table task
  add column practice text not null default 'practice',
  drop constraint task_pkey,
  add primary key (practice, key);

alter table task alter column practice drop default;

alter table inbound
  add column practice text not null default 'practice',
  drop constraint inbound_pkey,
  add primary key (practice, id);

alter table inbound alter column practice drop default;

alter table reply
  add column practice text not null default 'practice',
  drop constraint reply_pkey,
  add primary key (practice, inbound, patient, appointment);

alter table reply alter column practice drop default;

alter table question
  add column practice text not null default 'practice',
  drop constraint question_pkey,
  add primary key (practice, address);

alter table question alter column practice drop default;

alter table opt_out
  add column practice text not null default 'practice',
  drop constraint opt_out_pkey,
  add primary key (practice, address, medium, kind);

alter table opt_out alter column practice drop default;

alter table bad_address
  add column practice text not null default 'practice',
  drop constraint bad_address_pkey,
  add primary key (practice, address);

alter table bad_address alter column practice drop default;

alter table notification
  add column practice text not null default 'practice',
  drop constraint notification_pkey,
  add primary key (practice, id);

alter table notification alter column practice drop default;

alter table subscription
  add column practice text not null default 'practice',
  drop constraint subscription_pkey,
  add primary key (practice, connection, id);

alter table subscription alter column practice drop default;

alter table cursor
  add column practice text not null default 'practice',
  drop constraint cursor_pkey,
  add primary key (practice, connection, type);

alter table cursor alter column practice drop default;

alter table policy
  add column practice text not null default 'practice',
  drop constraint policy_pkey,
  add primary key (practice, version);

alter table policy alter column practice drop default;

alter table brake
  add column practice text not null default 'practice',
  drop constraint brake_pkey,
  add primary key (practice, id);

alter table brake alter column practice drop default;

alter table lease
  add column practice text not null default 'practice',
  drop constraint lease_pkey,
  add primary key (practice, name);

alter table lease alter column practice drop default;

alter table control
  add column practice text not null default 'practice',
  drop constraint control_pkey,
  add primary key (practice, name);

alter table control alter column practice drop default;

alter table delivery_report
  add column practice text not null default 'practice',
  drop constraint delivery_report_pkey,
  add primary key (practice, channel, provider_id, state);

alter table delivery_report alter column practice drop default;

alter table phone_message
  add column practice text not null default 'practice',
  drop constraint phone_message_pkey,
  add primary key (practice, id);

alter table phone_message alter column practice drop default;

alter table journal
  add column practice text not null default 'practice',
  drop constraint journal_pkey,
  add primary key (practice, seq);

alter table journal alter column practice drop default;

alter table journal_head
  add column practice text not null default 'practice',
  add primary key (practice);

alter table journal_head alter column practice drop default;

alter table resource_patient add foreign key (practice, type, id) references resource on delete cascade;

alter table reply add foreign key (practice, inbound) references inbound;

alter table message drop constraint message_id_key, add unique (practice, id);

alter table task drop constraint task_id_key, add unique (practice, id);

alter table inbound drop constraint inbound_channel_provider_id_key, add unique (practice, channel, provider_id);

drop index resource_patient_by_patient;

create index resource_patient_by_patient on resource_patient (practice, patient, type);

drop index patient_unplanned;

create index patient_unplanned on patient (practice, reference) where generation <> planned_generation;

drop index patient_look_again;

create index patient_look_again on patient (practice, look_again_at) where look_again_at is not null;

drop index address_by_address;

create index address_by_address on address (practice, address);

drop index message_due;

create index message_due on message (practice, due_at) where state = 'planned';

drop index message_by_patient;

create index message_by_patient on message (practice, patient);

drop index message_in_flight;

create index message_in_flight on message (practice, claimed_at) where state = 'sending';

drop index message_by_provider;

create index message_by_provider on message (practice, channel, provider_id) where provider_id is not null;

drop index message_by_batch;

create index message_by_batch on message (practice, batch) where batch is not null;

drop index message_sent_to;

create index message_sent_to on message (practice, address, sent_at) where sent_at is not null;

drop index message_unpublished;

create index message_unpublished on message (practice, publish_after) where revision <> published_revision;

drop index task_by_patient;

create index task_by_patient on task (practice, patient);

drop index task_unpublished;

create index task_unpublished on task (practice, publish_after) where revision <> published_revision;

drop index inbound_unhandled;

create index inbound_unhandled on inbound (practice, recorded_at) where handled_at is null;

drop index inbound_unpublished;

create index inbound_unpublished on inbound (practice, publish_after) where revision <> published_revision;

drop index reply_by_patient;

create index reply_by_patient on reply (practice, patient);

drop index reply_unwritten;

create index reply_unwritten on reply (practice, write_after) where written_at is null;

drop index phone_message_by_time;

create index phone_message_by_time on phone_message (practice, at);

drop index phone_message_by_reference;

create index phone_message_by_reference on phone_message (practice, reference) where reference is not null;

drop index journal_by_patient;

create index journal_by_patient on journal (practice, patient, seq);

drop index journal_by_key;

create index journal_by_key on journal (practice, key, seq);

drop index message_pending_together;

create index message_pending_together on message (practice, join_key) where state = 'planned' and join_key is not null;

drop index message_unsaid;

create index message_unsaid on message (practice, changed_at) where rule = 'answering' and state in ('planned', 'expired', 'dropped');

drop index task_by_inbound;

create index task_by_inbound on task (practice, (plan ->> 'inbound')) where rule = 'answering';
