"""Learn the suffix rules of Bulgarian from the bgOffice 4.1 word lists: bulgarian_rules.json (and the endings for half-typed words).

usage: make_rules.py DATA_DIR OUT.json ENDINGS.txt      DATA_DIR = the data/ folder of Debian's source package bgoffice (GPL-2)
"""
import collections
import json
import os
import random
import sys

import bgoffice
from gen import rules_json
from learn import items_from, learn

bgoffice.ROOT=os.path.join(sys.argv[1],"")
from lex import build_lex

ent=build_lex()
PW={"N":.3,"A":.1,"V":.03}
W0={}
for f,es in ent.items():
    if any(p=="A" for l,p,s in es): es={e for e in es if e[1] not in "DRCT"}
    if any(p in "NVA" for l,p,s in es): es={e for e in es if e[1] not in "RCT"}
    d=collections.Counter()
    for l,p,s in es: d[(l,p)]=max(d[(l,p)],PW.get(p,.2))
    W0[f]=dict(d)
R=learn(items_from(W0,minshare=.05),.01)
J=rules_json(R); json.dump(J,open(sys.argv[2],"w"),ensure_ascii=False)
print(len(J),"rules")
by=collections.defaultdict(set)
for f,es in ent.items():
    for l,p,s in es:
        if p in "NA" or (p=="V" and s[1]<20): by[(l,p)].add(f)
C=collections.Counter(); random.seed(1)
for k in random.sample(sorted(by),20000):
    fs=[f for f in by[k] if "-" not in f]
    if len(fs)<2: continue
    st=os.path.commonprefix(fs); wgt=PW.get(k[1],.1)/len(fs)
    for f in fs:
        for i in range(max(len(st)+1,3),len(f)): C[f[i:]]+=wgt
open(sys.argv[3],"w").write(" ".join(t for t,_ in C.most_common(150)))
