"""The life of a case.

A citizen submits it: it awaits confirmation, has no number, and nobody sees it. The link in the e-mail, followed
once, receives it: it gets its incoming number, its hour and its due date, and stands in the register unless its sender
refused. The staff assign it to a department, extend the deadline, and reply; a case that is another body's is
forwarded, one that may not be examined ends without proceedings. An answered case is closed. The sender may withdraw
it, and may change the choice of publication at any time. Every step is an event of its history and, where staff took
it, an e-mail to the sender. One that is never confirmed is forgotten after 72 hours.
"""
