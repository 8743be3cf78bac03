-- So many rows as a charity has after years, each with the event that wrote it, and as many openings beside them.
-- One client has ten contacts with their notes; a tenth of the notes was corrected once.
CREATE FUNCTION bench_rows(number integer, mark uuid) RETURNS void LANGUAGE plpgsql SET session_replication_role = replica SET timezone = 'UTC' AS $$
DECLARE
    clients integer := number / 21;
    branch uuid := gen_random_uuid();
BEGIN
    INSERT INTO volunteers_branch (id, code, name, reach) VALUES (branch, 'ROWS', 'Rows', '');
    INSERT INTO clients_client (id, branch_id, reference, state, language, pseudonym, protected, taken_in_at)
    SELECT gen_random_uuid(), branch, 'R-' || n, 'open', 'fr', false, false, now() FROM generate_series(1, clients) n;
    INSERT INTO clients_contact (id, client_id, branch_id, channel, happened_on, reached, urgent, made_at, revision)
    SELECT gen_random_uuid(), c.id, c.branch_id, 'phone', current_date - n, true, false, now(), 1
    FROM clients_client c, generate_series(1, 10) n WHERE c.branch_id = branch;
    INSERT INTO clients_contactnote (id, client_id, contact_id, saved_at, revision, sealed)
    SELECT gen_random_uuid(), c.client_id, c.id, now(), 1, decode(repeat(md5(c.id::text), 20), 'hex') FROM clients_contact c WHERE c.branch_id = branch;
    PERFORM bench_written('clients_client', 'row.state', '{last_contact_on}', mark);
    PERFORM bench_written('clients_contact', 'row.add', '{branch_id}', mark);
    PERFORM bench_written('clients_contactnote', 'row.add', '{}', mark);
    INSERT INTO clients_revision (client_id, "table", row, revision, sealed, clear, replaced_at)
    SELECT n.client_id, 'clients_contactnote', n.id, 1, n.sealed, to_jsonb(n) - 'sealed', now() FROM clients_contactnote n WHERE n.id < '1a000000-0000-0000-0000-000000000000';
    UPDATE clients_contactnote SET revision = 2 WHERE id < '1a000000-0000-0000-0000-000000000000';
    PERFORM bench_written('clients_contactnote', 'row.change', '{}', mark, 2);
    INSERT INTO audit_event (id, at, "group", actor_kind, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail)
    SELECT gen_random_uuid(), clock_timestamp(), mark, 'user', 'volunteer', 'client.view', 'done', c.client_id, 'client', 'support', 'assignment', '', '{}'
    FROM clients_contact c, generate_series(1, 2) WHERE c.branch_id = branch;
END $$;
CREATE FUNCTION bench_written(target text, act text, follows text[], mark uuid, of_revision integer DEFAULT 1) RETURNS void
LANGUAGE plpgsql SET session_replication_role = replica SET timezone = 'UTC' AS $$
BEGIN
    EXECUTE format('INSERT INTO audit_event (id, at, "group", actor_kind, actor_role, action, outcome, subject_kind, purpose, basis, object_type, object_id, revision, digest, detail)
        SELECT gen_random_uuid(), clock_timestamp(), $1, ''user'', '''', $2, ''done'', ''client'', '''', '''', %1$L, t.id, $4, sec.row_digest(to_jsonb(t), $3), ''{}''
        FROM %1$I t WHERE coalesce((to_jsonb(t) ->> ''revision'')::integer, 1) = $4', target) USING mark, act, follows, of_revision;
END $$;
CREATE FUNCTION bench_rows_away(mark uuid) RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
BEGIN
    DELETE FROM audit_event WHERE "group" = mark;
    TRUNCATE clients_client CASCADE;
    DELETE FROM volunteers_branch WHERE code = 'ROWS';
END $$;
