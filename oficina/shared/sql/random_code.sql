-- A random code of at most 34 characters of Crockford's base 32, for rows that are written by sets: the same alphabet and
-- source of chance (the operating system's, through gen_random_uuid) as oficina.shared.ids.
--
-- Bytes 6 and 8 of a UUID hold its version and variant, not chance, and are left out. Each of the 64 symbols of base 64
-- stands for one of the 32 of the code, two for each, so all are equally likely.
CREATE FUNCTION shared_random_code(length integer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one bytea := uuid_send(gen_random_uuid());
    other bytea := uuid_send(gen_random_uuid());
BEGIN
    RETURN left(
        translate(
            encode(substr(one, 1, 6) || substr(one, 10) || substr(other, 1, 6) || substr(other, 10), 'base64'),
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
            '0123456789ABCDEFGHJKMNPQRSTVWXYZ0123456789ABCDEFGHJKMNPQRSTVWXYZ'
        ),
        length
    );
END
$$;
