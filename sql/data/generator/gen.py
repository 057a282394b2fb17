"""rules pickle -> SQL. Value format: ops separated by ',', op = <digit strip><add>; '' = stop word."""
import json
import pickle
import sys

from stop import STOP

ABBR={"ул":"улица","бул":"булевард","кв":"квартал","бл":"блок","вх":"вход","ет":"етаж","ап":"апартамент","гр":"град","пл":"площад","общ":"община","обл":"област","тел":"телефон","лв":"лев","бр":"брой","мин":"минута","сек":"секунда","км":"километър","м":"метър","см":"сантиметър","инж":"инженер","тн":None}
SUPP={"знаме":None,"велоалеи":"1я","велоалеите":"3я","паркоместа":"4ясто","паркоместата":"6ясто","паркомясто":"0"}
def rules_json(R):
    B="0123456789abcdefghijklmnop"
    J={k:",".join(sorted(B[n]+a for n,a in v)) for k,v in R.items() if k}
    for k,v in SUPP.items():
        if v: J["^"+k]=v
    for s in list(STOP)+["във","със","бе","тъй"]: J["^"+s]=""
    for a,w in ABBR.items():
        if w:
            # abbreviation -> keys of the full word
            from learn import Model
            ks=Model(R)(w); J["^"+a]=",".join(sorted(B[len(a)]+k for k in ks))
    return J
if __name__=="__main__":
    R=pickle.load(open(sys.argv[1],"rb")); J=rules_json(R)
    K=max(len(k) for k in J if k[0]!="^")
    print(len(J),"max suffix",K, "" in R, file=sys.stderr)
    js=json.dumps(J,ensure_ascii=False,separators=(",",":"))
    print(len(js.encode()),"bytes json",file=sys.stderr)
    json.dump(J,open(sys.argv[2],"w"),ensure_ascii=False)
    import collections
    print(collections.Counter(len(k) for k in J if k[0]!="^"),file=sys.stderr)
