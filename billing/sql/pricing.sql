-- Whether the dates come one after the other, the first one before all of them.
CREATE FUNCTION billing_ascending(first_date date, later date[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(bool_and(earlier < later_one), true)
    FROM (
        SELECT lag(day, 1, first_date) OVER (ORDER BY place) AS earlier, day AS later_one
        FROM unnest(later) WITH ORDINALITY AS dates(day, place)
    ) AS pairs
$$;

-- The sum of the daily rates of every day of delay: the days after `last_due` up to `day`, each at the rate of the
-- policy in force on it.
CREATE FUNCTION billing_late_rate(last_due date, day date) RETURNS numeric
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT COALESCE(SUM(daily_rate * GREATEST(0, LEAST(day, until) - GREATEST(last_due, since))), 0)
        FROM (
            SELECT daily_rate, valid_from - 1 AS since,
                COALESCE(lead(valid_from) OVER (ORDER BY valid_from) - 1, day) AS until
            FROM billing_lateinterestpolicy
        ) AS policies
    );
END
$$;

-- The price of a bill on a day, before anything is paid. Rounded half up (PostgreSQL rounds halves away from zero).
CREATE FUNCTION billing_price_on(amount numeric, due_on date, later_due_on date[], later_amounts numeric[], day date)
RETURNS numeric LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    last_due date := due_on;
    last_amount numeric := amount;
BEGIN
    IF day <= due_on THEN
        RETURN amount;
    END IF;
    FOR i IN 1 .. cardinality(later_due_on) LOOP
        last_due := later_due_on[i];
        last_amount := later_amounts[i];
        IF day <= last_due THEN
            RETURN last_amount;
        END IF;
    END LOOP;
    RETURN last_amount + round(amount * billing_late_rate(last_due, day), 2);
END
$$;

-- What pays a bill wholly on a day. `amount + surcharge` is the price that payments have fixed so far; of what is left
-- of it, only that share bears the difference to today's price.
CREATE FUNCTION billing_amount_due(
    status text, amount numeric, surcharge numeric, applied numeric,
    due_on date, later_due_on date[], later_amounts numeric[], day date
) RETURNS numeric LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    fixed numeric := amount + surcharge;
    price numeric;
BEGIN
    IF status = 'void' OR applied >= fixed THEN
        RETURN 0.00;
    END IF;
    price := GREATEST(fixed, billing_price_on(amount, due_on, later_due_on, later_amounts, day));
    IF applied = 0 THEN
        RETURN price;
    END IF;
    -- Half up, by a division of whole numbers: a quotient cut off first could round to the wrong cent.
    RETURN round(div(200 * (fixed - applied) * price + fixed, 2 * fixed) / 100, 2);
END
$$;

-- The first day after `day` on which the price is another one.
CREATE FUNCTION billing_next_price_day(due_on date, later_due_on date[], day date) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(MIN(printed), day) + 1 FROM unnest(due_on || later_due_on) AS printed WHERE printed >= day
$$;
