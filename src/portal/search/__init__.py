"""Bulgarian search: what a typed query means, and what of the register it finds.

    letters   what of a text counts: clean words, as the database cleans the texts (sql/0006_bulgarian.sql)
    lemmas    the rules of inflection, the database's own, asked for once
    latin     Cyrillic readings of a word typed in Latin letters
    typing    what was typed: words, phrases, exclusions, an incoming number, dates and numbers as they are written
    reading   the words with their keys, whatever letters they were typed in
    words     what the register and the table of synonyms know of these words
    typos     near words that the register has, for those it doesn't know
    terms     tsquery pieces and groups of them
    meaning   groups of weighted terms: what the query is taken to mean
    understanding   all of these in order: from what was typed to its meaning
    find      the one entry: find(db, q, filters) -> Results
    desk      the same for the staff: names, phones and e-mails as well
    patience  what takes too long is cancelled, and less is asked
    completions     what a half-typed query may become
    marks     which words of a found text to mark, and the snippet around them

A query is never an error, whatever is typed. Only an empty one finds everything: what means nothing finds nothing.
"""
