-- Whoever stops serving in a branch keeps no record of it: the end of the duty ends their grants there, in the
-- same second. The ledger stays the one place that says who may see what, so the coordinator sees these clients
-- as clients without a volunteer. Notes that somebody opened as a coordinator close with that duty in any case.
GRANT UPDATE (ends_at, ended_by_id) ON clients_grant TO confidential_door;
SET LOCAL ROLE confidential_door;

CREATE FUNCTION sec.leave_branch() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.clients_grant g SET ends_at = new.ends_at, ended_by_id = sec.person()
    WHERE g.person_id = new.person_id AND g.branch_id = new.branch_id AND (g.ends_at IS NULL OR g.ends_at > new.ends_at)
      AND ((g.basis = 'branch_duty' AND new.kind = 'coordinator')
        OR NOT EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = new.person_id AND d.branch_id = new.branch_id
            AND d.id <> new.id AND d.kind IN ('volunteer', 'coordinator') AND sec.live(d)));
    RETURN NULL;
END $$;
RESET ROLE;
CREATE TRIGGER leave_branch AFTER UPDATE OF ends_at ON volunteers_duty FOR EACH ROW
    WHEN (new.ends_at IS NOT NULL AND new.branch_id IS NOT NULL) EXECUTE FUNCTION sec.leave_branch();
SET LOCAL ROLE confidential_door;
REVOKE ALL ON FUNCTION sec.leave_branch() FROM PUBLIC;
RESET ROLE;
