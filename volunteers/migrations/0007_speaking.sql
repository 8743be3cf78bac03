-- What an association said in one language so far, it says in both, until somebody translates it.
ALTER TABLE public.volunteers_branch NO FORCE ROW LEVEL SECURITY; -- else its owner sees no row of it
UPDATE public.volunteers_association SET portal_name_en = portal_name_fr;
UPDATE public.volunteers_branch SET reach_en = reach_fr;
