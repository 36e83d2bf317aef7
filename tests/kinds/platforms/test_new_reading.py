"""Long lists of the new generation: page after page, whatever happens to them meanwhile."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.management import Asked, Management, Rule, management, paged, refused
from tests.raw import Served

from streamscope.engine import discover
from streamscope.engine.core import Core
from streamscope.kinds.platforms.base import Site
from streamscope.kinds.platforms.modelarts import new, new_models
from streamscope.kinds.platforms.modelarts.new_reading import listed
from streamscope.model.errors import ExchangeError, PlatformRefusal

Serve = Callable[..., Served]
LIST = "GET v2/services"


def place(core: Core, told: Management) -> Site:
    return discover.site_of(core, told.workspace())[1]


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {"id": f"s{number}", "name": f"服务 {number}", "status": "RUNNING", "update_at": number}
        for number in range(count)
    ]


async def test_ten_thousand_services_are_read_in_pages_of_500(core: Core, serve: Serve) -> None:
    told = management(serve, {LIST: paged(rows(10_000))})
    found = await new.services(place(core, told))
    assert [row.id for row in found] == [f"s{number}" for number in reversed(range(10_000))], (
        "what changed last is first"
    )
    assert sorted(int(asked.query["offset"]) for asked in told.asked) == list(range(0, 10_000, 500))
    assert {asked.query["limit"] for asked in told.asked} == {"500"}
    assert told.most_at_once <= 4


async def test_what_is_deleted_meanwhile_hides_nobody(core: Core, serve: Serve) -> None:
    """A row that slides from the second page into the first, while the first is read, is found all the same."""
    every = rows(1200)

    def told_rows() -> list[dict[str, Any]]:
        return every

    def rule(asked: Asked) -> Rule:
        answer = paged(told_rows)(asked)
        if len(every) == 1200:
            del every[3]
        return answer

    told = management(serve, {LIST: rule})
    found = {row["id"] for row in await listed(place(core, told), "services", "id")}
    assert {row["id"] for row in every} <= found


async def test_a_service_that_comes_meanwhile_is_told_once(core: Core, serve: Serve) -> None:
    every = rows(700)
    count = itertools.count()

    def rule(asked: Asked) -> Rule:
        answer = paged(every)(asked)
        every.insert(0, {"id": f"n{next(count)}", "name": "new"})
        return answer

    found = [row["id"] for row in await listed(place(core, management(serve, {LIST: rule})), "services", "id")]
    assert len(found) == len(set(found))
    assert {f"s{number}" for number in range(700)} <= set(found)


async def test_a_list_that_tells_no_total_is_read_to_its_end(core: Core, serve: Serve) -> None:
    def rule(asked: Asked) -> Rule:
        offset = int(asked.query["offset"])
        return {"data": rows(1000)[offset : offset + 500]}

    told = management(serve, {LIST: rule})
    assert len(await listed(place(core, told), "services", "id")) == 1000
    assert len(told.asked) == 3


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ({}, 0),
        ({"data": None, "total": None}, 0),
        ({"data": [], "total": "0"}, 0),
        ({"data": [None, 3, {"name": "no id"}, {"id": "s1"}], "total": "1"}, 1),
        ({"data": rows(3), "total": -1}, 3),
        ({"data": rows(500), "total": 10**30}, 500),
    ],
)
async def test_odd_pages_are_read_as_far_as_they_go(
    core: Core, serve: Serve, answer: dict[str, Any], count: int
) -> None:
    """The last of them tells the same page again and again, and a total without end."""
    told = management(serve, {LIST: answer})
    assert len(await listed(place(core, told), "services", "id")) == count
    assert len(told.asked) <= 400


async def test_a_page_that_is_gone_or_throttled_is_told_as_what_it_is(core: Core, serve: Serve) -> None:
    def rule(asked: Asked) -> Rule:
        if asked.query["offset"] == "1000":
            return refused("429 Too Many Requests", "APIGW.0308", "slower", Retry_After="7")
        return paged(rows(3000))(asked)

    told = management(serve, {LIST: rule})
    with pytest.raises(PlatformRefusal) as caught:
        await new.services(place(core, told))
    assert (caught.value.status, caught.value.retry_after) == (429, 7.0)
    told.rules[LIST] = lambda asked: None if asked.query["offset"] == "500" else paged(rows(3000))(asked)
    with pytest.raises(PlatformRefusal) as gone:
        await new.services(place(core, told))
    assert gone.value.status == 404


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"7", b'{"data": [', b"null"])
async def test_what_is_no_answer_is_an_error(core: Core, serve: Serve, answer: bytes) -> None:
    with pytest.raises(ExchangeError):
        await new.services(place(core, management(serve, {LIST: answer})))


async def test_models_that_a_throttle_hides_are_not_told_as_none(core: Core, serve: Serve) -> None:
    """Where a person may not list them they are none; a throttle says nothing of them."""
    told = management(serve, {"GET v1/models": refused("429 Too Many Requests", "APIGW.0308", Retry_After="7")})
    site = place(core, told)
    site = replace(site, workspace=replace(site.workspace, platform="sandbox"))
    with pytest.raises(PlatformRefusal) as caught:
        await new_models.models(site)
    assert caught.value.retry_after == 7.0
    told.rules["GET v1/models"] = refused("403 Forbidden", "ModelArts.0108")
    assert await new_models.models(site) == []
