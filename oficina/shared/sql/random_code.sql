-- A random code of at most 30 characters of Crockford's base 32, for rows that are written by sets: the same alphabet and
-- source of chance (the operating system's, through gen_random_uuid) as oficina.shared.ids. Byte 6 of a UUID holds its
-- version, not chance, and is left out.
CREATE FUNCTION shared_random_code(length integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    chance bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    code text := '';
    place integer := 0;
BEGIN
    WHILE char_length(code) < length LOOP
        IF place % 16 <> 6 THEN
            code := code || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (get_byte(chance, place) & 31), 1);
        END IF;
        place := place + 1;
    END LOOP;
    RETURN code;
END
$$;
