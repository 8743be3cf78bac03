-- One link leads to one package, and is made before it; what one may not see cannot be chosen to leave.
SET LOCAL ROLE confidential_door;
-- The package itself may still be uncommitted on the other connection; one that is there must fit.
CREATE OR REPLACE FUNCTION sec.issue_link(of_client uuid, delivery uuid, token_hash bytea, until timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    IF NOT FOUND OR m.role <> 'coordinator' OR NOT sec.fresh(15) OR until > statement_timestamp() + interval '31 days'
        OR EXISTS (SELECT FROM public.disclosures_delivery y WHERE y.id = delivery)
        OR EXISTS (SELECT FROM public.vault_principal p WHERE p.subject = delivery) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.vault_principal (hash, kind, subject, purpose, expires_at) VALUES (token_hash, 'recipient', delivery, '', until);
END $$;

RESET ROLE;

DROP POLICY change ON disclosures_disclosure;
CREATE POLICY change ON disclosures_disclosure FOR UPDATE TO confidential_app
    USING (branch_id = ANY ((SELECT sec.coordinated())::uuid[])
        OR (requested_by_id = (SELECT sec.uid()) AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)));
DROP POLICY add ON disclosures_disclosureitem;
CREATE POLICY add ON disclosures_disclosureitem FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft' AND d.requested_by_id = (SELECT sec.uid()))
        AND EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id));
DROP POLICY change ON disclosures_disclosureitem;
CREATE POLICY change ON disclosures_disclosureitem FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft' AND d.requested_by_id = (SELECT sec.uid())))
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft' AND d.requested_by_id = (SELECT sec.uid()))
        AND EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id));
