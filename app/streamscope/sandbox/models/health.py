"""That a model is up: what the platform asks before it sends calls to it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def health(_request: Request) -> Response:
    """That the program is up."""
    return JSONResponse({"status": "ok"})


HEALTH = Route("/health", health, methods=["GET"])
