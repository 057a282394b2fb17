"""The whole path of one signal, top to bottom: Penka writes, confirms, is answered, and everybody may read it."""

from portal.db import Sessions
from tests.cast import HX, PENKA, Client, Post, employ, form_of, give_password, link


async def test_from_the_form_to_the_reply(client: Client, sessions: Sessions, post: Post) -> None:
    # Penka opens the form and, in her hurry, forgets the e-mail address. Nothing she typed is lost.
    form = await client.get("/submit/signal")
    draft = form_of(form)
    hasty = await client.post("/submit/signal", data={**PENKA, **draft, "email": ""})
    assert hasty.status_code == 422
    assert "Въведете имейл" in hasty.text
    assert PENKA["text"] in hasty.text

    # She mends it. The page tells her that it counts only once she has followed the link.
    sent = await client.post("/submit/signal", data={**PENKA, **draft})
    assert sent.status_code == 200
    assert "penka@example.bg" in sent.text
    assert "още не е подаден" in sent.text

    # The e-mail comes. Its link shows what she sent and changes nothing: nothing is in the register yet.
    please_confirm = (await post.deliver())[-1]
    assert please_confirm.to == "penka@example.bg"
    confirm = link(please_confirm, "confirm")
    shown = await client.get(confirm)
    assert PENKA["text"] in shown.text
    assert (await client.get("/register.json")).json()["total"] == 0

    # She presses the button: the signal gets its number and hour, and she lands on her own page.
    receipt = await client.post(confirm)
    number = (await client.get("/register.json")).json()["items"][0]["incoming_number"]
    assert number.startswith("С-0001/")
    assert number in receipt.text
    again = await client.post(confirm)
    assert number in again.text
    assert (await client.get("/register.json")).json()["total"] == 1

    # The second e-mail tells her the number, and where her own page is.
    received = (await post.deliver())[-1]
    assert received.subject == f"Вх. № {number} – сигналът Ви постъпи"
    track = link(received, "track")
    assert number in (await client.get(track)).text

    # Maria of the municipality signs in, finds the signal in her list, and assigns it where it stands.
    maria = await employ(sessions)
    password = await give_password(sessions, maria)
    worklist = await client.post("/staff/sign-in", data={"email": maria.email, "password": password})
    assert PENKA["title"] in worklist.text
    editing = await client.get("/staff/cases/1/assignment", headers=HX)
    assert editing.text.startswith("<form")
    assigned = await client.post(
        "/staff/cases/1/assignment", data={**form_of(editing), "department": "works"}, headers=HX
    )
    assert assigned.text.startswith('<section class="card" id="assignment"')
    assert "Строителство и благоустройство" in assigned.text

    # She replies. The answer is the reply's place alone, with the history out of band.
    editing = await client.get("/staff/cases/1/reply", headers=HX)
    replied = await client.post(
        "/staff/cases/1/reply", data={**form_of(editing), "text": "Дупката е запълнена днес."}, headers=HX
    )
    assert replied.text.startswith('<section class="card" id="reply"')
    assert 'id="history" hx-swap-oob="true"' in replied.text

    # Penka hears of each step by e-mail, in one thread, in order.
    letters = await post.deliver()
    assert [letter.event for letter in letters] == ["please_confirm", "received", "assigned", "replied"]
    assert len({dict(letter.headers)["References"] for letter in letters}) == 1
    assert "Дупката е запълнена днес." in letters[-1].text

    # Everybody finds signal and reply in the register, as they type; nobody finds Penka.
    found = await client.get("/register?q=дупка", headers=HX)
    assert found.text.startswith('<section id="results"')
    page = await client.get(f"/register/{number[-4:]}/1")
    assert "Дупката е запълнена днес." in page.text
    assert "Пенка" not in page.text
    assert "Пенка" not in (await client.get("/register.json")).text

    # She changes her mind about publishing it: with the next request it is gone.
    await client.post(f"{track}/publication", data={"publication": "private"})
    assert (await client.get(f"/register/{number[-4:]}/1")).status_code == 404
    assert (await client.get("/register.json")).json()["total"] == 0
