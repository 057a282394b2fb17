"""Expand bgOffice 4.1 data -> (lemma, pos, slot, form)."""
import glob
import os
import re

ROOT="bgoffice-4.1/data/"
def rd(fn): return open(fn,"rb").read().decode("cp1251").replace("\r","")
def parse(fn):
    t=rd(fn); sec=None; ends=[];tests=[];words=[]
    for l in t.split("\n"):
        l=l.split("#")[0].strip() if not l.strip().startswith("#") else ""
        if not l: continue
        if l in("Окончания:",): sec="e"; continue
        if l=="Тест:": sec="t"; tests.append([]); continue
        if l=="Думи:": sec="w"; continue
        if sec=="e": ends.append(l)
        elif sec=="t": tests[-1].append(l)
        elif sec=="w": words.append(l)
    return ends,tests,words
def mk(ends):
    first=ends[0]; base,_,filt=first.partition(","); base=base.strip()
    m=re.match(r"^(.*?)\[(.+?)\](.*)$",base)
    rest=ends[1:]
    def gen(w):
        ch=None
        if not rest: return [(0,w)]
        if base=="0": stem=w
        elif m:
            a,cls,c=m.groups()
            L=len(a)+1+len(c)
            if not re.search(re.escape(a)+"["+cls+"]"+re.escape(c)+"$",w): return None
            ch=w[len(w)-len(c)-1]; stem=w[:-L]
        else:
            if not w.endswith(base): return None
            stem=w[:-len(base)]
        out=[]
        for i,e in enumerate(rest):
            if e=="-": continue
            for x in e.split(","):
                x=x.strip()
                if x=="-" : continue
                if x=="0": x=""
                if ch: x=x.replace("?",ch)
                out.append((i,stem+x))
        return out
    return gen
def expand():
    bad=0
    for d,pos in (("noun/male","Nm"),("noun/female","Nf"),("noun/neutral","Nn"),("adjective","A"),("verb","V"),("numeral/cardinal","M"),("numeral/ordinal","M"),("various/adverb","D"),("various/months","Nm"),("pronominal/*","P"),("various/conjunction","C"),("various/preposition","R"),("various/particle","T"),("various/interjection","T"),("various/names/bg_towns","PN"),("various/names/bg_various","PN"),("various/names/capitals","PN"),("various/names/cities","PN"),("various/names/countries","PN"),("various/names/names_and_terms","PN"),("various/names/various","PN")):
        for fn in sorted(glob.glob(ROOT+d+("/*.dat" if "names" in d else "/bg*.dat"))):
            if "description" in fn or "_rank" in fn or "all_towns" in fn: continue
            ends,tests,words=parse(fn)
            g=mk(ends)
            for t in tests:
                o=g(t[0])
                exp=[(i,x.strip()) for i,e in enumerate(t[1:]) if e!="-" for x in e.split(",")]
                if o is None or o!=exp: bad+=1; print("TEST",fn,t[0],o and [a for a in o if a not in exp][:3])
            typ=os.path.basename(fn)[2:-4]
            for w in words:
                o=g(w)
                if o is None: print("NOWORD",fn,w); continue
                for i,f in o: yield w,pos,typ,i,f
if __name__=="__main__":
    import collections
    n=0; F=collections.defaultdict(set); L=set()
    for w,p,typ,i,f in expand():
        n+=1; F[f].add((w,p)); L.add((w,p))
    print(n,len(F),len(L),collections.Counter(p for w,p in L))
    print([ (k,sorted(F[k])) for k in ("времена","дни","места","деца","хора","хората","ръце","промени","пътища","може","казах","нозе","краища","очи","министри","жените","жени")])
