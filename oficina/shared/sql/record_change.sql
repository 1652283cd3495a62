-- One row of the log of changes (oficina.shared.audit): what changed of a row of the table `what`, and who was at work.
--
-- `old_row` is null of a new row, `new_row` of a deleted one; of an update only what differs is kept, and nothing at all
-- is written when nothing does. A row that is new or deleted keeps what it has, not what it lacks. The columns in `hidden`
-- are secrets: that they changed is told, never from what to what.
--
-- django-pghistory sets `pghistory.context_metadata` for the statement that caused this.
CREATE FUNCTION record_change(
    what text, record_key bigint, account_key bigint, old_row jsonb, new_row jsonb, hidden text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    told text[];
    origin jsonb := COALESCE(
        NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb -> 'origin', '{}'
    );
BEGIN
    IF old_row = new_row THEN
        RETURN;
    END IF;
    SELECT array_agg(key) INTO told FROM jsonb_each(COALESCE(new_row, old_row))
        WHERE CASE
            WHEN old_row IS NULL OR new_row IS NULL THEN value NOT IN ('null', '""')
            ELSE value <> old_row -> key
        END;
    INSERT INTO shared_recordedchange (at, kind, "table", record, account, who, origin, before, after) VALUES (
        now(),
        CASE WHEN old_row IS NULL THEN 'insert' WHEN new_row IS NULL THEN 'delete' ELSE 'update' END,
        what,
        record_key,
        account_key,
        (origin ->> 'user')::bigint,
        origin,
        change_told(old_row, told, hidden),
        change_told(new_row, told, hidden)
    );
END
$$;

-- Of a row these columns, and `•••` in the place of what is hidden. Null when there is no row.
CREATE FUNCTION change_told(whole jsonb, told text[], hidden text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN whole IS NOT NULL THEN COALESCE(
        (
            SELECT jsonb_object_agg(key, CASE WHEN key = ANY(hidden) THEN '"•••"' ELSE value END)
            FROM jsonb_each(whole) WHERE key = ANY(told)
        ),
        '{}'
    ) END
$$;
