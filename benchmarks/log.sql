-- What the log is measured beside: a table like its own, and a hash chain with a lock.
CREATE TABLE bench_plain (LIKE audit_event INCLUDING ALL);
CREATE TABLE bench_chain (LIKE audit_event INCLUDING ALL);
ALTER TABLE bench_chain ADD number bigint GENERATED ALWAYS AS IDENTITY UNIQUE, ADD hash bytea;
CREATE FUNCTION bench_plain(who uuid, about uuid) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bench_plain (id, at, actor_kind, actor, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail)
    VALUES (gen_random_uuid(), clock_timestamp(), 'user', who, 'volunteer', 'client.view', 'done', about, 'client', 'support', 'assignment', '', '{}')
$$;
CREATE FUNCTION bench_chain(who uuid, about uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    was bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7);
    SELECT hash INTO was FROM bench_chain ORDER BY number DESC LIMIT 1;
    INSERT INTO bench_chain (id, at, actor_kind, actor, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail, hash)
    VALUES (gen_random_uuid(), clock_timestamp(), 'user', who, 'volunteer', 'client.view', 'done', about, 'client', 'support', 'assignment', '', '{}',
        sha256(coalesce(was, '') || convert_to(concat(who, about, clock_timestamp()), 'UTF8')));
END $$;
-- What sec.open writes for one record, without looking up whether it may be opened.
CREATE FUNCTION sec.bench_log(who uuid, about uuid) RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT sec.log('client.view', about, 'client', NULL, 'support', 'assignment', 'volunteer')
$$;
ALTER FUNCTION sec.bench_log OWNER TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.bench_log TO PUBLIC;
-- The tables to compare with hold as many rows as the log before anything is measured.
CREATE FUNCTION bench_alike() RETURNS void LANGUAGE sql AS $$
    INSERT INTO bench_plain SELECT * FROM audit_event;
    INSERT INTO bench_chain SELECT * FROM audit_event;
$$;
-- Many events at once, about the given subjects, as they would wait to be sealed.
CREATE FUNCTION bench_fill(subjects uuid[], number integer) RETURNS void LANGUAGE sql AS $$
    WITH written AS (
        INSERT INTO audit_event (id, at, actor_kind, actor, actor_role, action, outcome, subject, subject_kind, branch, purpose, basis, object_type, detail)
        SELECT gen_random_uuid(), clock_timestamp(), 'user', gen_random_uuid(), 'volunteer', 'client.view', 'done',
            subjects[1 + (random() * (cardinality(subjects) - 1))::integer], 'client', gen_random_uuid(), 'support', 'assignment', '', '{}'
        FROM generate_series(1, number) RETURNING id
    )
    INSERT INTO audit_pending (event) SELECT id FROM written
$$;
