-- The rows themselves, compared with the events that wrote them. For the verifier's role alone; it gets ids, and no row. Tables
-- are gone through in ranges of their ids, which are random, so that each range is about as large.

-- Rows that are not what their newest write event says, between two ids: changed, put back (as it was once), added (no event
-- wrote it), removed (no event removed it), returned (an event removed it). And how many rows there are.
CREATE FUNCTION sec.rows_compared(target text, follows text[], first uuid, last uuid, OUT "row" uuid, OUT fault text, OUT number bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH there AS MATERIALIZED (SELECT t.id, sec.row_digest(to_jsonb(t), $3) AS digest FROM public.%1$I t WHERE t.id BETWEEN $1 AND $2),
        written AS (SELECT DISTINCT ON (e.object_id) e.object_id, e.action, e.digest FROM public.audit_event e
            WHERE e.object_type = %1$L AND e.object_id BETWEEN $1 AND $2 AND e.digest IS NOT NULL ORDER BY e.object_id, e.revision DESC)
        SELECT coalesce(r.id, w.object_id), CASE WHEN r.id IS NULL THEN 'removed' WHEN w.object_id IS NULL THEN 'added'
                WHEN w.action = 'row.remove' THEN 'returned' WHEN b.revision IS NOT NULL THEN 'put back' ELSE 'changed' END, b.revision::bigint
        FROM there r FULL JOIN written w ON w.object_id = r.id
        LEFT JOIN LATERAL (SELECT max(e.revision) AS revision FROM public.audit_event e
            WHERE e.object_type = %1$L AND e.object_id = r.id AND e.digest = r.digest AND e.action <> 'row.remove') b ON r.digest <> w.digest
        WHERE CASE WHEN r.id IS NULL THEN w.action <> 'row.remove' ELSE w.action = 'row.remove' OR r.digest IS DISTINCT FROM w.digest END
        UNION ALL SELECT NULL, 'rows', count(*) FROM there$q$, target) USING first, last, follows;
END $$;

-- What rows said before, by the events that wrote them then: changed, added; and revisions that a row must have and has not.
CREATE FUNCTION sec.rows_before(target text, follows text[], first uuid, last uuid, OUT "row" uuid, OUT fault text, OUT number bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT v.row, CASE WHEN e.id IS NULL THEN 'earlier added' ELSE 'earlier changed' END, v.revision::bigint
        FROM public.clients_revision v LEFT JOIN public.audit_event e
            ON e.object_type = %1$L AND e.object_id = v.row AND e.object_id BETWEEN $1 AND $2 AND e.revision = v.revision AND e.digest IS NOT NULL
        WHERE v."table" = %1$L AND v.row BETWEEN $1 AND $2 AND e.digest IS DISTINCT FROM sec.row_digest(
            CASE WHEN v.sealed IS NULL THEN v.clear ELSE v.clear || jsonb_build_object('sealed', v.sealed) END, $3)
        UNION ALL
        SELECT t.id, 'earlier removed', n FROM public.%1$I t, generate_series(1::bigint, least(t.revision, 10000) - 1) n
        WHERE t.revision > 1 AND t.id BETWEEN $1 AND $2
          AND NOT EXISTS (SELECT FROM public.clients_revision v WHERE v."table" = %1$L AND v.row = t.id AND v.revision = n)
        UNION ALL
        SELECT v.row, 'earlier twice', v.revision::bigint FROM public.clients_revision v WHERE v."table" = %1$L AND v.row BETWEEN $1 AND $2
        GROUP BY v.row, v.revision HAVING count(*) > 1$q$, target) USING first, last, follows;
END $$;

-- Of rows that were changed, which have been given columns of one another: the row, whose they are, and which.
CREATE FUNCTION sec.rows_exchanged(target text, follows text[], rows uuid[], OUT "row" uuid, OUT other uuid, OUT columns text[]) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    pair record;
    differing text[];
BEGIN
    FOR pair IN EXECUTE format($q$
        WITH r AS (SELECT t.id, to_jsonb(t) AS content FROM public.%1$I t WHERE t.id = ANY ($1))
        SELECT a.id AS one, b.id AS two, a.content AS mine, b.content AS theirs, (SELECT e.digest FROM public.audit_event e
            WHERE e.object_type = %1$L AND e.object_id = a.id AND e.digest IS NOT NULL ORDER BY e.revision DESC LIMIT 1) AS digest
        FROM r a JOIN r b ON a.id <> b.id$q$, target) USING rows
    LOOP
        SELECT array_agg(k ORDER BY k) INTO differing FROM jsonb_object_keys(pair.mine) k
        WHERE k <> 'id' AND pair.mine -> k IS DISTINCT FROM pair.theirs -> k;
        FOR choice IN 1 .. (1 << least(cardinality(differing), 12)) - 1 LOOP
            SELECT array_agg(d.k) INTO columns FROM unnest(differing) WITH ORDINALITY d (k, n) WHERE d.n <= 12 AND choice & (1 << (d.n - 1)::integer) <> 0;
            IF sec.row_digest(pair.mine || (SELECT jsonb_object_agg(k, pair.theirs -> k) FROM unnest(columns) k), follows) = pair.digest THEN
                "row" := pair.one;
                other := pair.two;
                RETURN NEXT;
                EXIT;
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- Rows that point at something that is not there: foreign keys bind everybody but a superuser.
CREATE FUNCTION sec.rows_orphaned(target text, OUT "row" text, OUT columns text) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key record;
BEGIN
    FOR key IN
        SELECT c.confrelid::regclass AS parent, string_agg(format('p.%I = t.%I', f.attname, a.attname), ' AND ') AS same,
            string_agg(format('t.%I IS NOT NULL', a.attname), ' AND ') AS named, string_agg(a.attname, ', ') AS names
        FROM pg_constraint c, unnest(c.conkey, c.confkey) k (own, its)
        JOIN pg_attribute a ON a.attnum = k.own JOIN pg_attribute f ON f.attnum = k.its
        WHERE c.conrelid = to_regclass('public.' || quote_ident(target)) AND c.contype = 'f' AND a.attrelid = c.conrelid AND f.attrelid = c.confrelid
        GROUP BY c.oid, c.confrelid
    LOOP
        RETURN QUERY EXECUTE format('SELECT t.id::text, %L FROM public.%I t LEFT JOIN %s p ON %s WHERE %s AND p IS NULL',
            key.names, target, key.parent, key.same, key.named);
    END LOOP;
END $$;

-- What was derived from other rows and is not what follows from them, between two ids of those. The layers above say more.
CREATE FUNCTION sec.rows_derived(first uuid, last uuid) RETURNS TABLE (target text, "row" text, fault text, "from" uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT NULL::text, NULL::text, NULL::text, NULL::uuid WHERE false
$$;

-- Rows that name a file which must be there, with its plain size and the hash of what lies on the disk where that is kept;
-- and files that may still be there. The layers above say more.
CREATE FUNCTION sec.rows_files() RETURNS TABLE (target text, "row" uuid, file uuid, size integer, sha256 bytea, must boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT NULL::text, NULL::uuid, NULL::uuid, NULL::integer, NULL::bytea, NULL::boolean WHERE false
$$;

GRANT EXECUTE ON FUNCTION sec.rows_compared, sec.rows_before, sec.rows_exchanged, sec.rows_orphaned, sec.rows_derived, sec.rows_files TO confidential_verifier;

SELECT sec.adopt_functions();
