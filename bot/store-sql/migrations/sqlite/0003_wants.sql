-- What sort of answer a message asks for. The PostgreSQL twin of this file has the same name.

ALTER TABLE message ADD COLUMN wants TEXT;
