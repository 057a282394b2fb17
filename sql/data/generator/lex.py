import collections

from bgoffice import expand

PM={"Nm":"N","Nf":"N","Nn":"N","A":"A","V":"V","M":"M","P":"P","D":"D","PN":"N","R":"R","C":"C","T":"T"}
def build_lex():
    ent=collections.defaultdict(set) # form -> {(lemma,POS,slotkey)}
    for w,pos,typ,i,f in expand():
        w=w.lower();f=f.lower()
        if "-" in f and False: continue
        ent[f].add((w,PM.get(pos,pos),(pos,i)))
    return ent
