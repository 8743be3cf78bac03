-- How the association speaks of itself: public text, changed by the president alone, each change an event.
SELECT sec.bind('volunteers_association', 'volunteers_privacynotice');

GRANT UPDATE (name, address, phone, hours_en, hours_fr, about_en, about_fr, rna, siren, publisher, host_name, host_address, host_phone,
    lead_phone, within_eu, portal_name_en, portal_name_fr, quick_exit_url) ON volunteers_association TO confidential_app;
-- Also for whoever is not signed in: the sign-in page bears the neutral name, the legal notice all of it.
CREATE POLICY see ON volunteers_association FOR SELECT TO confidential_app, confidential_signin, confidential_worker USING (true);
CREATE POLICY change ON volunteers_association FOR UPDATE TO confidential_app
    USING ((SELECT sec.has_duty('president')) AND (SELECT sec.is_fresh(15)));
CREATE POLICY door ON volunteers_association FOR ALL TO confidential_door USING (true) WITH CHECK (true);

-- The event of a change: what was changed, not to what. A row saved as it was is none.
CREATE FUNCTION sec.note_association() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(old);
    changed jsonb;
BEGIN
    new.changed_at := old.changed_at;
    SELECT jsonb_object_agg(n.key, 'changed') INTO changed FROM jsonb_each(to_jsonb(new)) n WHERE n.value IS DISTINCT FROM before -> n.key;
    IF changed IS NOT NULL THEN
        new.changed_at := statement_timestamp();
        PERFORM sec.log('association.change', object => 'volunteers_association', detail => changed);
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER note_association BEFORE UPDATE ON volunteers_association FOR EACH ROW EXECUTE FUNCTION sec.note_association();

-- The privacy notice is added by its function alone, and never changed: what was told can be shown later.
GRANT SELECT ON volunteers_privacynotice TO confidential_app, confidential_worker, confidential_door;
GRANT INSERT ON volunteers_privacynotice TO confidential_door;
CREATE POLICY see ON volunteers_privacynotice FOR SELECT TO confidential_app USING ((SELECT sec.is_anybody()));
-- It is public, and stands in each copy of a record.
CREATE POLICY copy ON volunteers_privacynotice FOR SELECT TO confidential_worker USING (true);
CREATE POLICY door ON volunteers_privacynotice FOR ALL TO confidential_door USING (true) WITH CHECK (true);

-- Publishes the privacy notice in both languages; gives its number. Needs a fresh sign-in of the president.
CREATE FUNCTION sec.publish_notice(in_english text, in_french text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    IF (sec.has_duty('president') AND sec.is_fresh(15)) IS NOT TRUE OR in_english = '' OR in_french = '' THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT coalesce(max(n.number), 0) + 1 INTO made FROM public.volunteers_privacynotice n;
    INSERT INTO public.volunteers_privacynotice (number, published_at, published_by_id, text_en, text_fr)
    VALUES (made, statement_timestamp(), sec.signed_in_person(), in_english, in_french);
    PERFORM sec.log('notice.publish', object => 'volunteers_privacynotice', detail => jsonb_build_object('number', made));
    RETURN made;
END $$;

-- The working names of those who hold the duty of the data-protection lead (GDPR 13), for whoever is signed in.
CREATE FUNCTION sec.lead_name() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(p.working_name, ', ' ORDER BY d.starts_at), '') FROM public.volunteers_duty d
    JOIN public.volunteers_person p ON p.user_id = d.person_id
    WHERE d.kind = 'protection' AND sec.is_live(d) AND sec.is_anybody() IS TRUE
$$;

GRANT EXECUTE ON FUNCTION sec.publish_notice, sec.lead_name TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.lead_name TO confidential_worker;
SELECT sec.adopt_functions();
