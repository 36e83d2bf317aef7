"""The classifier: the mood of texts in the platform's JSON convention, the dominant colour of uploaded images.

Platform documentation, "Specifications for model inference": `data.req_data` in, `data.resp_data` out.
"""

import json
import uuid
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from streamscope.sandbox.models import multipart
from streamscope.sandbox.models.bayes import classifier
from streamscope.sandbox.models.health import HEALTH
from streamscope.sandbox.models.picture import PictureError, describe


class InputError(Exception):
    """The request does not hold what the model needs."""


def app() -> Starlette:
    """The application."""
    return Starlette(
        routes=[Route("/", classify, methods=["POST"]), HEALTH],
        exception_handlers={InputError: _failed, PictureError: _failed},
    )


async def classify(request: Request) -> Response:
    """Classify the texts of a JSON body or the images of a form."""
    content_type = request.headers.get("content-type", "")
    body = await request.body()
    if content_type.startswith("multipart/form-data"):
        return JSONResponse(_images(content_type, body))
    return JSONResponse(_texts(body))


def _texts(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise InputError(f"The body is not valid JSON: {error}") from error
    data = asked.get("data") if isinstance(asked, dict) else None
    rows = data.get("req_data") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise InputError("The body must be an object with a list at data.req_data.")
    given = asked.get("meta")
    meta = given if isinstance(given, dict) else {"uuid": str(uuid.uuid4())}
    return {"meta": meta, "data": {"resp_data": [_text(row) for row in rows]}}


def _text(row: object) -> dict[str, Any]:
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise InputError("Each item of data.req_data must be an object with a text.")
    return _result(classifier().scores(text))


def _images(content_type: str, body: bytes) -> dict[str, Any]:
    parts = [part for part in multipart.parse(content_type, body) if part.name == "images"]
    if not parts:
        raise InputError("The form must have a file in its field images.")
    rows = [{"name": part.filename, **_result(describe(part.content))} for part in parts]
    return {"meta": {"uuid": str(uuid.uuid4())}, "data": {"resp_data": rows}}


def _result(scores: dict[str, float]) -> dict[str, Any]:
    rounded = {label: round(score, 4) for label, score in scores.items()}
    label = next(iter(rounded))
    return {"label": label, "score": rounded[label], "scores": rounded}


async def _failed(_request: Request, error: Exception) -> Response:
    """The words of the platform's inference image for an error in the program."""
    body = {"erno": "MR.0105", "msg": "Recognition failed", "words_result": {}, "detail": str(error)}
    return JSONResponse(body, status_code=400)
