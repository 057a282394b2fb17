"""Optimal (MDL-style DP) suffix-rule learner: longest matching suffix -> label (set of (strip,add) edits)."""
import collections
import pickle
import sys
import time


def edit(f,l):
    i=0
    n=min(len(f),len(l))
    while i<n and f[i]==l[i]: i+=1
    return (len(f)-i,l[i:])
def apply(label,w):
    out=set()
    for k,a in label:
        if k<=len(w): out.add(w[:len(w)-k]+a)
    return frozenset(out) or frozenset([w])
def items_from(W,minshare=0.02,lemfreq=None,single=False,target=None):
    target=target or (lambda l,p:l)
    it=[]
    for f,d in W.items():
        if lemfreq: d={k:v*(1+lemfreq.get(k,0)) for k,v in d.items()}
        t=sum(d.values())
        if not t: t=1e-9
        m=collections.Counter()
        for (l,p),x in d.items(): m[target(l,p)]+=x
        if single: ks=[max(sorted(m),key=lambda l:m[l])]
        else: ks=[l for l,x in m.items() if x>=minshare*t]
        lab=frozenset(edit(f,l) for l in ks)
        it.append((f[::-1]+"^",lab,t))
    it.sort()
    return it
def learn(items,theta,maxdepth=30):
    sys.setrecursionlimit(10000)
    labs={};rev=[]
    def lid(l):
        if l not in labs: labs[l]=len(rev); rev.append(l)
        return labs[l]
    strs=[s for s,_,_ in items]; L=[lid(l) for _,l,_ in items]; Wt=[w for _,_,w in items]
    # node: (lo,hi,depth,children|None,map,default,best,bestlabel,keepmap,defkeep)
    def build(lo,hi,d):
        # extend common prefix
        if hi-lo==1:
            return (strs[lo],d,None,{L[lo]:0.0},min(Wt[lo],theta),0.0,L[lo],None,Wt[lo])
        a,b=strs[lo],strs[hi-1]
        e=d
        n=min(len(a),len(b))
        while e<n and a[e]==b[e]: e+=1
        ch=[];i=lo
        while i<hi:
            c=strs[i][e] if e<len(strs[i]) else ""
            j=i+1
            # gallop
            lo2,hi2=i+1,hi
            while lo2<hi2:
                m=(lo2+hi2)//2
                cm=strs[m][e] if e<len(strs[m]) else ""
                if cm<=c: lo2=m+1
                else: hi2=m
            j=lo2
            ch.append(build(i,j,e+1)); i=j
        defkeep=sum(c[4] for c in ch)
        keep=collections.defaultdict(float)
        for c in ch:
            for k,v in c[3].items(): keep[k]+=v-c[4]
        keep={k:v+defkeep for k,v in keep.items()}
        bl=min(keep,key=lambda k:(keep[k],k)) if keep else None
        best=keep[bl] if keep else defkeep
        cap=best+theta
        default=min(defkeep,cap)
        mp={k:v for k,v in ((k,min(v,cap)) for k,v in keep.items()) if v<default-1e-12}
        # suffix string for this node: shortest = strs[lo][:d] ;
        return (strs[lo][:e],d,ch,mp,default,best,bl,keep,defkeep)
    root=build(0,len(strs),0)
    rules={}
    def emit(node,inh):
        s,d,ch,mp,default,best,bl,keep,defkeep=node
        cur=defkeep if keep is not None else None
        if ch is None:
            # leaf
            if inh!=bl and Wt_of(node)>theta: rules[s[:d] if False else s]=bl
            return
        c=keep.get(inh,defkeep)
        if c>best+theta+1e-12 or inh is None:
            key=s[:max(d,1)] if s else ""
            rules[key]=bl; inh=bl
        for x in ch: emit(x,inh)
    def Wt_of(node): return node[8]
    # leaf default weight stored at index 8
    emit(root,None)
    return {k[::-1]:rev[v] for k,v in rules.items()}
class Model:
    def __init__(s,rules):
        s.r=rules; s.mx=max(len(k) for k in rules)
    def __call__(s,w):
        x="^"+w
        for n in range(min(len(x),s.mx),0,-1):
            l=s.r.get(x[-n:])
            if l is not None: return apply(l,w)
        l=s.r.get("")
        return apply(l,w) if l is not None else frozenset([w])
if __name__=="__main__":
    from evalkeys import *
    data,sets=load_sets()
    W,rate,_=pickle.load(open("lex.pkl","rb"))
    mode=sys.argv[1]; thetas=[float(x) for x in sys.argv[2:]]
    it=items_from(W,single=(mode=="single"))
    print(len(it),"items",len({l for _,l,_ in it}),"labels")
    for th in thetas:
        t=time.time(); R=learn(it,th)
        pickle.dump(R,open(f"rules_{mode}_{th}.pkl","wb"))
        m=Model(R); fn=nopo(m)
        sz=sum(len(k.encode())+4+sum(len(a.encode())+2 for _,a in v) for k,v in R.items())
        res=[]
        for name in ("ud","full"):
            r=score(*sets[name],fn); res.append(f"{name}: F1w {r['F1w']:.4f} P {r['Pw']:.4f} R {r['Rw']:.4f} types {r['F1']:.4f}")
        print(mode,"theta",th,"rules",len(R),"wholeword",sum(k.startswith("^") for k in R),"bytes~",sz,"|"," | ".join(res),f"{time.time()-t:.0f}s",flush=True)
