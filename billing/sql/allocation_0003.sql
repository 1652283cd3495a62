-- Puts what a payment brought for one bill on that bill; what the bill does not take becomes credit of the account.
-- The one home of this rule: a settled checkout, money received elsewhere and the import of payments call it once for
-- each item, after they locked the account and the payment. It locks the bill itself.
--
-- The surcharge that the item froze is the price which the customer was quoted, so it is honoured, but never more than what the
-- bill, as it stands now, costs on the day the money was paid. What an earlier payment fixed stays.
--
-- The office is told of money for a bill that was paid or void already, and of a checkout that brought too much, since
-- the portal itself had asked for it. Somebody who rounds up at a counter needs nobody's decision.
--
-- `taken` is what the bill took, `settled` whether it is paid now.
CREATE FUNCTION billing_allocate_item(
    of_item bigint, paid_on date, at timestamptz, OUT taken numeric, OUT settled boolean
) LANGUAGE plpgsql AS $$
DECLARE
    item billing_paymentitem;
    payment billing_payment;
    invoice billing_invoice;
    due numeric;
    fixed_now numeric;
    reason text;
    finding text;
BEGIN
    SELECT * INTO STRICT item FROM billing_paymentitem WHERE id = of_item;
    SELECT * INTO STRICT payment FROM billing_payment WHERE id = item.payment_id;
    SELECT * INTO STRICT invoice FROM billing_invoice WHERE id = item.invoice_id FOR NO KEY UPDATE;

    due := billing_amount_due(
        invoice.status, invoice.amount, invoice.surcharge, invoice.applied,
        invoice.due_on, invoice.later_due_on, invoice.later_amounts, paid_on
    );
    fixed_now := GREATEST(0, LEAST(item.surcharge, invoice.applied + due - invoice.amount) - invoice.surcharge);
    taken := CASE
        WHEN invoice.status = 'void' THEN 0
        ELSE LEAST(item.amount, invoice.amount + invoice.surcharge + fixed_now - invoice.applied)
    END;
    settled := taken > 0 AND invoice.applied + taken = invoice.amount + invoice.surcharge + fixed_now;

    IF taken > 0 THEN
        INSERT INTO billing_allocation (payment_id, invoice_id, amount, surcharge, created_at)
            VALUES (payment.id, invoice.id, taken, fixed_now, at);
    END IF;
    IF taken = item.amount THEN
        RETURN;
    END IF;

    CASE
        WHEN invoice.status = 'void' THEN reason := 'void_invoice'; finding := 'void_invoice_paid';
        WHEN taken = 0 THEN reason := 'already_paid'; finding := 'paid_twice';
        ELSE reason := 'surplus'; finding := CASE payment.channel WHEN 'checkout' THEN 'paid_in_excess' END;
    END CASE;
    INSERT INTO billing_creditentry (account_id, payment_id, amount, reason, created_at)
        VALUES (payment.account_id, payment.id, item.amount - taken, reason, at);
    IF finding IS NOT NULL THEN
        INSERT INTO billing_discrepancy (key, kind, payment_id, invoice_id, detail, opened_at, resolution)
            VALUES (
                format('%s:%s:%s', finding, payment.id, invoice.id), finding, payment.id, invoice.id,
                jsonb_build_object('credit', (item.amount - taken)::text), at, ''
            )
            ON CONFLICT (key) DO NOTHING;
    END IF;
END
$$;
