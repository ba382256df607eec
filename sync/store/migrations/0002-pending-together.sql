-- What may leave together is looked for with every message that is sent.
create index message_pending_together on message (join_key) where state = 'planned' and join_key is not null;
