-- Puts money of a payment on a bill, up to what the bill still needs. The one home of that rule: what a payment brings,
-- credit that is spent and what a failed refund or a won dispute gives back all end here. The caller has locked the
-- account and the payment; the bill is locked here.
--
-- `level` is the surcharge that the bill has in all once it is paid at the price which was promised for this money. It
-- is honoured, but never more than what the bill, as it stands now, costs on `paid_on`. What an earlier payment fixed
-- stays, and so does what a payment plan covers: only the rest is owed. `taken` is what the bill took, `settled` whether
-- it is paid now.
CREATE OR REPLACE FUNCTION billing_put_on_bill(
    of_payment bigint, on_bill bigint, money numeric, level numeric, paid_on date, at timestamptz,
    why text, of_use bigint, OUT taken numeric, OUT settled boolean
) LANGUAGE plpgsql AS $$
DECLARE
    invoice billing_invoice;
    held numeric;
    due numeric;
    fixed_now numeric;
BEGIN
    SELECT * INTO STRICT invoice FROM billing_invoice WHERE id = on_bill FOR NO KEY UPDATE;
    held := invoice.applied + invoice.covered;
    due := billing_amount_due(
        invoice.status, invoice.amount, invoice.surcharge, held,
        invoice.due_on, invoice.later_due_on, invoice.later_amounts, paid_on
    );
    fixed_now := GREATEST(0, LEAST(level, held + due - invoice.amount) - invoice.surcharge);
    taken := CASE
        WHEN invoice.status = 'void' THEN 0
        ELSE LEAST(money, invoice.amount + invoice.surcharge + fixed_now - held)
    END;
    settled := taken > 0 AND held + taken = invoice.amount + invoice.surcharge + fixed_now AND invoice.financed = 0;
    IF taken > 0 THEN
        INSERT INTO billing_allocation (payment_id, invoice_id, amount, surcharge, created_at, reason, credit_use_id)
            VALUES (of_payment, on_bill, taken, fixed_now, at, why, of_use);
    END IF;
END
$$;

-- Puts what a payment brought for one bill on that bill; what the bill does not take becomes credit of the account. A
-- settled checkout, money received elsewhere and the import of payments call it once for each item, after they locked
-- the account and the payment.
--
-- The office is told of money for a bill that was paid, void or in a payment plan already, and of a checkout that brought too much, since
-- the portal itself had asked for it. Somebody who rounds up at a counter needs nobody's decision.
CREATE OR REPLACE FUNCTION billing_allocate_item(
    of_item bigint, paid_on date, at timestamptz, OUT taken numeric, OUT settled boolean
) LANGUAGE plpgsql AS $$
DECLARE
    item billing_paymentitem;
    payment billing_payment;
    invoice billing_invoice;
    reason text;
    finding text;
BEGIN
    SELECT * INTO STRICT item FROM billing_paymentitem WHERE id = of_item;
    SELECT * INTO STRICT payment FROM billing_payment WHERE id = item.payment_id;
    SELECT put.taken, put.settled INTO taken, settled FROM billing_put_on_bill(
        payment.id, item.invoice_id, item.amount, item.surcharge, paid_on, at, 'paid', NULL
    ) AS put;
    IF taken = item.amount THEN
        RETURN;
    END IF;

    SELECT * INTO STRICT invoice FROM billing_invoice WHERE id = item.invoice_id;
    CASE
        WHEN invoice.status = 'void' THEN reason := 'void_invoice'; finding := 'void_invoice_paid';
        WHEN taken = 0 AND invoice.financed > 0 THEN reason := 'in_plan'; finding := 'paid_in_plan';
        WHEN taken = 0 THEN reason := 'already_paid'; finding := 'paid_twice';
        ELSE reason := 'surplus'; finding := CASE payment.channel WHEN 'checkout' THEN 'paid_in_excess' END;
    END CASE;
    INSERT INTO billing_creditentry (account_id, payment_id, amount, reason, created_at)
        VALUES (payment.account_id, payment.id, item.amount - taken, reason, at);
    IF finding IS NOT NULL THEN
        INSERT INTO billing_discrepancy (key, kind, payment_id, invoice_id, detail, opened_at, resolution)
            VALUES (
                format('%s:%s:%s', finding, payment.id, item.invoice_id), finding, payment.id, item.invoice_id,
                jsonb_build_object('credit', (item.amount - taken)::text), at, ''
            )
            ON CONFLICT (key) DO NOTHING;
    END IF;
END
$$;
