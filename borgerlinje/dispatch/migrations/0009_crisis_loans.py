"""The end of what employees of other authorities were lent for: whoever ends a crisis need not be able to see them.

Who has a citizen in hand, or is being offered one, keeps the right to see that citizen until midnight; the others lose it at once.
"""

from django.db import migrations

END_LOANS = """
CREATE FUNCTION bl_end_crisis_loans(loans bigint[], at timestamptz)
RETURNS TABLE (loan_id bigint, member_id bigint, employee_id bigint, is_busy boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    today date := (at AT TIME ZONE 'Europe/Copenhagen')::date;
    loan record;
BEGIN
    FOR loan IN SELECT n.id, n.member_id, n.employee_id, n.works_id, n.from_at, w.from_on,
                       EXISTS (SELECT 1 FROM contacts_contact c WHERE c.employee_id = n.employee_id
                                  AND (c.state IN ('connected', 'held', 'consulting', 'three_way', 'calling_back', 'wrap_up')
                                       OR c.state = 'transferred' AND c.documented_at IS NULL))
                    OR EXISTS (SELECT 1 FROM dispatch_offer o WHERE o.employee_id = n.employee_id AND o.ended_at IS NULL) AS has_citizen
                  FROM lines_crisisloan n LEFT JOIN staff_employeecentre w ON w.id = n.works_id
                 WHERE n.id = ANY (loans) AND n.to_at IS NULL ORDER BY n.id FOR UPDATE OF n
    LOOP
        -- A loan that ends on the day it began, or that a clock turned back has end before it, leaves no half-open day behind.
        UPDATE lines_crisisloan SET to_at = greatest(at, from_at),
               works_id = CASE WHEN loan.has_citizen OR loan.from_on < today THEN works_id END WHERE id = loan.id;
        IF loan.has_citizen THEN
            UPDATE staff_employeecentre SET to_on = greatest(today, from_on) + 1 WHERE id = loan.works_id;
        ELSIF loan.from_on < today THEN
            UPDATE staff_employeecentre SET to_on = today WHERE id = loan.works_id;
        ELSE
            DELETE FROM staff_employeecentre WHERE id = loan.works_id;
        END IF;
        loan_id := loan.id; member_id := loan.member_id; employee_id := loan.employee_id; is_busy := loan.has_citizen;
        RETURN NEXT;
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = (("dispatch", "0008_transfers_fence"), ("lines", "0006_crisis_loans"), ("staff", "0003_pool"))
    operations = (migrations.RunSQL(END_LOANS, "DROP FUNCTION bl_end_crisis_loans(bigint[], timestamptz)"),)
