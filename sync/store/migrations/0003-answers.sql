-- Answers that were never said, and whether a person was asked instead: looked for in every sweep.
create index message_unsaid on message (changed_at) where rule = 'answering' and state in ('planned', 'expired', 'dropped');

create index task_by_inbound on task ((plan ->> 'inbound')) where rule = 'answering';
