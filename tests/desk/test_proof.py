"""/attest in a chat."""

from __future__ import annotations

from bot.commands.proof import heads_in
from storage import proof
from tests.desk.asked import Asked
from tests.making import follow, post


async def test_a_chat_is_given_the_head_and_told_what_it_is_for(asked: Asked) -> None:
    assert "Nothing has been kept yet" in await asked.says("/attest")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "said"))
    head = await asked.store.read(proof.head)
    assert head is not None
    said = await asked.says("/attest")
    assert f"<code>{head}</code>" in said
    assert "verify --head" in said
    assert [str(found) for found in heads_in(said)] == [str(head)]
