"""Words that say nothing about who somebody is, in French and English, without accents, for striking.py.

Short on purpose: a word that is missing here is struck or shown once more, never let through."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Little words, and words with which a sentence of a note often begins.
COMMON = _set(
    """
    a about after again agreed all also always am an and any are as asked asks at away back be because
    been before both but by call called calls came can cannot could dear did do does each every few
    first fine for four from had has have he hello her here hers him his home how i if in into is it its
    just last later less let like long made many may me message more most much must my nearly never new
    next no nobody not nothing now of off ok on once one only or other our out over please rang ring
    says second see seen she should since sleeps slept so some somebody soon still talked tell thank
    thanks that the their them then there these they this those three to today together told tomorrow
    tonight too took twice two under until up us very visit visited walked wants was we went were what
    when where which while who why will with without would yes yesterday yet you your ai ainsi appel
    appele appeler apres as assez au aucun aucune aujourd aussi autre aux avait avant avec avoir
    beaucoup bien bon bonjour bonne c car ce cela celle celui ces cet cette chaque chez comme comment d
    dans de demain demande demander depuis des deux dit dire doit donc dont du elle elles en encore
    entre est et etait ete etre eu eux fait faire faut hier hui ici il ils j jamais je l la laisse
    laisser le les leur leurs lui m ma mais me meme merci mes message moi moins mon n ne ni non nos
    notre nous on ont ou oui par parce parle parler pas pendant personne peu peut plus plutot pour
    pourquoi pris puis qu quand que quel quelle qui quoi rappeler rien s sa sans se semaine ses seul si
    soir son sont souvent suis sur ta te tel tes toi ton toujours tous tout toute toutes tres trois tu
    un une vers veut visite voir vont vos votre vous y
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
    "janvier january janv jan", "fevrier february fevr fev feb", "mars march mar",
    "avril april avr apr", "mai may", "juin june jun", "juillet july juil jul",
    "aout august aug", "septembre september sept sep", "octobre october oct",
    "novembre november nov", "decembre december dec",
)  # fmt: skip
