"""Every address a citizen can open."""

from portal.web.public import answer, confirm, health, home, pictures, register, similar, submit, texts, track

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
    track.show,
    track.choose_publication,
    track.clarify,
    track.reopen,
    track.withdraw,
    answer.show,
    answer.case,
    answer.answer,
    register.show,
    register.as_json,
    register.case,
    pictures.take,
    pictures.show,
    pictures.own,
    *texts.routes,
    health.live,
    health.ready,
)
