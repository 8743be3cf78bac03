-- Founding: the association and its branches, once, in an empty database, by somebody at the server.
CREATE FUNCTION sec.found_association(called text, portal_en text, portal_fr text, quick_exit text, branches jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT w.kind FROM sec.principal() w) IS DISTINCT FROM 'command' THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- The table takes one row only (association_one), so a second founding is refused as a duplicate.
    INSERT INTO public.volunteers_association (id, name, portal_name_en, portal_name_fr, quick_exit_url)
    VALUES (1, called, portal_en, portal_fr, quick_exit);
    INSERT INTO public.volunteers_branch (id, code, name) SELECT (b ->> 'id')::uuid, b ->> 'code', b ->> 'name' FROM jsonb_array_elements(branches) b;
    PERFORM sec.log('association.found', object => 'volunteers_association',
        detail => jsonb_build_object('branches', jsonb_array_length(branches)));
END $$;
GRANT INSERT ON volunteers_association, volunteers_branch TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.found_association TO confidential_command;
SELECT sec.adopt_functions();
