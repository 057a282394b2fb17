"""Every address a citizen can open."""

from portal.web import metrics
from portal.web.public import health, offline
from portal.web.public.departments import answer
from portal.web.public.handling import track
from portal.web.public.intake import confirm, lost_link, similar, submit
from portal.web.public.publishing import follow, home, pictures, register, texts
from portal.web.public.replies import outcome

routes = (
    home.show,
    similar.show,
    submit.form,
    submit.submit,
    submit.sent,
    submit.resend,
    submit.correct_address,
    confirm.show,
    confirm.confirm,
    lost_link.form,
    lost_link.send,
    track.show,
    track.choose_publication,
    track.clarify,
    track.reopen,
    track.withdraw,
    track.end_links,
    follow.form,
    follow.ask,
    follow.show,
    follow.confirm,
    follow.ask_to_leave,
    follow.leave,
    outcome.ask,
    outcome.resolve,
    outcome.not_done,
    answer.show,
    answer.case,
    answer.answer,
    answer.file,
    register.show,
    register.as_json,
    register.case,
    pictures.take,
    pictures.show,
    pictures.own,
    *texts.routes,
    offline.show,
    offline.worker,
    offline.manifest,
    health.live,
    health.ready,
    metrics.show,
)
