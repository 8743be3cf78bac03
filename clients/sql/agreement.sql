-- The client's agreement to a record, and to information about health in it (GDPR 9(2)(a), 7): dated answers, the latest binds.

-- Notes an answer: by whoever writes in the record, who heard it, or by the client in a space that shows all. A no restricts the
-- record in that second, and deletes what anybody was typing about them. The client says yes or no for themself, and of no other.
CREATE FUNCTION sec.agree(new_id uuid, of_client uuid, said text, as_quality text, on_basis text, in_words smallint, how text, lang text, on_day date, on_paper text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own boolean := coalesce(of_client = sec.own_open(), false);
    refused boolean := said IN ('no_record', 'withdrawn');
BEGIN
    IF NOT (own OR sec.may_write(of_client)) OR (own AND (as_quality <> 'self' OR said NOT IN ('yes', 'no_health', 'withdrawn')))
        OR (on_day BETWEEN '1900-01-01' AND sec.today() AND in_words BETWEEN 1 AND 999) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM public.clients_client c WHERE c.id = of_client FOR UPDATE;
    INSERT INTO public.clients_agreement (id, client_id, answer, quality, basis, wording, channel, language, happened_on, paper, by_id, made_at)
    VALUES (new_id, of_client, said, as_quality, on_basis, in_words, how, lang, on_day, CASE WHEN refused THEN on_paper ELSE '' END, sec.cleared_person(), statement_timestamp());
    UPDATE public.clients_client c SET agreed = said WHERE c.id = of_client;
    PERFORM sec.log(CASE WHEN refused THEN 'agreement.withdraw' ELSE 'agreement.note' END, of_client, 'client',
        (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client), object => 'clients_agreement', object_id => new_id);
    IF refused THEN
        DELETE FROM public.clients_draft d WHERE d.client_id = of_client;
    END IF;
    IF refused AND NOT sec.is_restricted(of_client) THEN
        PERFORM sec.restrict(gen_random_uuid(), of_client, 'withdrawn');
    END IF;
END $$;

-- ---- Rows ----
SELECT sec.guard('clients_agreementwords', 'client_id', 'client');
SELECT sec.bind('clients_agreement');
SELECT sec.attest_rows('clients_agreement');
GRANT SELECT ON clients_agreement, clients_agreementwords TO confidential_app, confidential_worker;
GRANT INSERT ON clients_agreementwords TO confidential_app;
GRANT SELECT, INSERT ON clients_agreement TO confidential_door;
CREATE POLICY door ON clients_agreement FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- What was answered, and when: whoever sees the record, and the client. In which words: as words.
CREATE POLICY see ON clients_agreement FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) OR ((SELECT sec.own_client()) IS NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)));
CREATE POLICY see ON clients_agreementwords FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'));
CREATE POLICY add ON clients_agreementwords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_agreement a WHERE a.id = agreement_id AND a.client_id = clients_agreementwords.client_id
        AND a.by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person())));

GRANT EXECUTE ON FUNCTION sec.agree TO confidential_app;

SELECT sec.adopt_functions();
