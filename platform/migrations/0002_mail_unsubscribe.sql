-- Where a mail program ends such letters at the reader's wish, by a POST (RFC 8058).
ALTER TABLE platform.mail_outbox ADD COLUMN unsubscribe_url text;
