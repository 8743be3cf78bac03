-- What the data-protection lead asks the log: questions that are kept, and attempts that only the ledger can explain.

-- Questions are their owner's own, as long as the duty lasts.
SELECT sec.bind('audit_savedquestion');
GRANT SELECT, INSERT, DELETE ON audit_savedquestion TO confidential_app;
CREATE POLICY own ON audit_savedquestion FOR ALL TO confidential_app
    USING (owner = (SELECT sec.cleared_person()) AND (SELECT sec.has_duty('protection')))
    WITH CHECK (owner = (SELECT sec.cleared_person()) AND (SELECT sec.has_duty('protection')));

-- What somebody tried after their access had ended (the grant of that record, or the duty in its branch), and whatever
-- is in the name of somebody who had left. The ledger is hidden from the lead; what is closed to them stays so here.
CREATE FUNCTION sec.attempts_after_end(since timestamptz, until timestamptz, most integer)
RETURNS TABLE (at timestamptz, actor uuid, subject uuid, ended text, ended_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    barred uuid[];
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('protection') THEN
        RETURN;
    END IF;
    barred := sec.barred();
    since := greatest(since, sec.kept_since('security'));
    RETURN QUERY
    WITH refused AS MATERIALIZED (
        SELECT e.id, e.at, e.actor, e.subject FROM public.audit_event e
        WHERE e.at >= since AND e.at < until AND e.outcome = 'denied' AND e.actor IS NOT NULL AND e.subject <> ALL (barred)
          AND e.subject_kind <> 'complaint' AND e.purpose <> 'complaint'
    ),
    found AS (
        SELECT r.at, r.actor, r.subject, 'grant' AS ended, max(g.ends_at) AS ended_at
        FROM refused r JOIN public.clients_grant g ON g.client_id = r.subject AND g.person_id = r.actor AND g.starts_at <= r.at
        GROUP BY r.id, r.at, r.actor, r.subject HAVING max(coalesce(g.ends_at, 'infinity')) <= r.at
        UNION ALL
        SELECT r.at, r.actor, r.subject, 'duty', max(d.ends_at)
        FROM refused r JOIN public.clients_client c ON c.id = r.subject
            JOIN public.volunteers_duty d ON d.person_id = r.actor AND d.branch_id = c.branch_id AND d.starts_at <= r.at
        WHERE NOT EXISTS (SELECT FROM public.clients_grant g WHERE g.client_id = r.subject AND g.person_id = r.actor AND g.starts_at <= r.at)
        GROUP BY r.id, r.at, r.actor, r.subject HAVING max(coalesce(d.ends_at, 'infinity')) <= r.at
        UNION ALL
        SELECT e.at, e.actor, e.subject, 'left', p.left_at
        FROM public.volunteers_person p JOIN public.audit_event e ON e.actor = p.user_id AND e.at > p.left_at
        WHERE e.at >= since AND e.at < until AND coalesce(e.subject <> ALL (barred), true)
          AND e.subject_kind <> 'complaint' AND e.purpose <> 'complaint'
    )
    SELECT f.at, f.actor, f.subject, f.ended, f.ended_at FROM found f ORDER BY f.at DESC LIMIT most;
END $$;
GRANT EXECUTE ON FUNCTION sec.attempts_after_end TO confidential_app;

SELECT sec.adopt_functions();
