"""Words that say nothing about who somebody is, in French and English, without accents, for striking.py.

Short on purpose: a word that is missing here is struck or shown once more, never let through."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Little words, and words with which a sentence of a note often begins.
COMMON = _set(
    """
    a about accompagne accompagnee accompanied after again agreed ai aide aime ainsi all alors also
    always am an and any appel appele appeler appels appointment apres are arrive arrived arrivee as
    asked asks assez at attend au aucun aucune aujourd aussi autre aux avait avant avec avoir away back
    bad be beaucoup because been before better bien bon bonjour bonne both bring brought but by c call
    called calls came can cannot car ce cela celle celui ces cet cette chaque cherche chez
    chimiotherapie cinq clinic coming comme comment compte confie could craint d dans daughter de dear
    demain demande demander depuis des deux did dire dit dix do docteur doctor does doit donc dont dort
    drove du each eats ecoute ecoutee ecrit eight elle elles en encore enfant enfants entre est et etait
    ete etre eu eux every explained explique faire fait famille fatigue fatiguee faut feels felt few
    fille fils fin finds fine first five for forgot four frere friend from gave goes going good grosse
    habite had happy has have he hello helped her here hers heureuse hier him his home hopital horaires
    hospital how hui huit husband i ici if il ils in infirmiere inquiet inquiete insurance into is it
    its j jamais je just keeps l la laisse laisser last later le left les less let letter lettre leur
    leurs like listened lives long longue looked lu lui m ma made mais mange many mari may me medecin
    meeting meme merci mere mes message met mieux moi moins mon moral more most moved much must my n ne
    nearly needs neighbour neuf never new next ni nice nine no nobody non none nos not nothing notre
    nous now nurse of off offered ok on once one only ont operated operation opere operee or ordonnance
    other ou oui our out over owes par parce parle parler pas passe pendant pere personne peu peur peut
    phone phoned please pleure plus plutot pour pourquoi prefere prefers premier premiere prend prends
    pris promis promised propose puis qu quand quatre que quel quelle qui quiet quoi raconte rang
    rappeler rappelle received recu refuse refused regarde relit rencontre rend rendez repas repeated
    repete resultats results retour returned rien ring s sa said sait sans sat saw says se seance second
    see seems seen semaine sent sept ses seul seven she short should showed si since six sleeps slept so
    soeur soir some somebody son sont soon sortie souhaite souvent spoke started stayed stays still
    stopped suis suivi sur surgery ta takes talked taxi te tel telephone tell ten tes text texted thank
    thanks that the their them then there these they thinks this those three tired to today together toi
    told tomorrow ton tonight too took toujours tous tout toute toutes traitement treated treatment tres
    tries triste trois trouve tu twice two un under une until up us venu venue vers very veut visit
    visite visited visites vit voir voisin voisine vont vos votre voudrait vous vu vue walked wants was
    we went wept were what when where which while who why wife will wishes with without worried worse
    would writes wrote y yes yesterday yet you your
    """
)
# Weekdays, months, languages: written with a capital in English, and mostly harmless.
SAFE = _set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december english french german spanish italian dutch portuguese
    arabic christmas easter lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars
    avril mai juin juillet aout septembre octobre novembre decembre noel paques toussaint
    """
)
# After these a name follows, whatever stop stands between.
TITLES = _set("m mr mrs ms miss mx dr pr prof me mme mmes mlle mlles mgr st ste docteur maitre")
# Parts of names and of addresses that name nobody by themselves.
PARTICLES = _set(
    """
    le la les l de du des d da das do dos von van der den zu zum el al ben bin ibn abu y e san santa
    saint sainte st ste mac mc o
    """
)
GENERIC = PARTICLES | _set(
    """
    rue avenue av boulevard bd bld place chemin impasse allee allees route quai cours square residence
    batiment bat appartement appt apt etage lieu dit lieudit cedex bp cs sentier passage voie villa cite
    hameau lot lotissement ter bis quartier porte escalier esc rez chaussee maison immeuble pres street
    road lane close court flat floor house apartment drive way gardens terrace near
    """
)
MONTHS = (
    "janvier january janv jan",
    "fevrier february fevr fev feb",
    "mars march mar",
    "avril april avr apr",
    "mai may",
    "juin june jun",
    "juillet july juil jul",
    "aout august aug",
    "septembre september sept sep",
    "octobre october oct",
    "novembre november nov",
    "decembre december dec",
)
