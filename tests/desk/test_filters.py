"""The register offers to narrow many results, with counts."""

from portal.cases.model import Kind
from portal.db import Sessions
from portal.settings import Settings
from tests.cast import HX, Client, received


async def test_counts_stand_beside_every_filter_that_is_not_set(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    for n in range(9):
        kind, topic = (Kind.QUESTION, "water") if n < 3 else (Kind.SIGNAL, "roads")
        await received(sessions, settings, draft=f"draft {n}", kind=kind, topic=topic)
    found = (await client.get("/register?q=дупка", headers=HX)).text
    assert "9 записа" in found
    assert ">Следващи</a>" in found, "as one types fewer are shown than there are"
    assert "Въпроси&nbsp;(3)" in found
    assert "Сигнали&nbsp;(6)" in found
    assert "kind=question" in found
    narrowed = (await client.get("/register?q=дупка&kind=signal", headers=HX)).text
    assert "Въпроси&nbsp;" not in narrowed


async def test_what_people_type_is_text_where_words_are_marked(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    await received(sessions, settings, title="<script>дупка</script>", text="<b>Дупка</b> & <i>кратер</i> на пътя")
    for path in ("/register", "/register?q=дупка", "/register?q=кратер"):
        found = (await client.get(path)).text
        assert "<script>дупка" not in found
        assert "<script><mark>" not in found
        assert "<b>" not in found
        assert "&lt;script&gt;" in found
