-- By which trace (W3C Trace Context) something became known, was planned anew, and was said.
alter table notification add column traceparent text;

alter table patient add column traceparent text;

alter table message add column traceparent text;
