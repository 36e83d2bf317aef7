"""The libraries' exceptions, translated once into the tree of errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import h11
import httpcore
import httpx

from streamscope.model.errors import Cut, NoAnswer, ProtocolViolation, ProxyError, Silent, UsageError
from streamscope.model.phrase import phrase
from streamscope.model.url import Url


@contextmanager
def translated(url: Url, *, answered: bool = False) -> Iterator[None]:
    """Turn what httpx and httpcore raise into errors for a person; `answered`: the head was already here."""
    place = url.authority
    try:
        yield
    except (httpcore.RemoteProtocolError, httpx.RemoteProtocolError) as error:
        raise _broken(place, str(error), answered) from error
    except (httpcore.ReadTimeout, httpx.ReadTimeout, httpcore.WriteTimeout, httpx.WriteTimeout) as error:
        message = phrase("{place} was silent for too long ({cause}).", place=place, cause=str(error))
        hint = phrase("The model may be slow or stuck; a longer wait can be set in the draft's limits.")
        raise (Silent if answered else NoAnswer)(message, hint, str(error)) from error
    except (httpcore.NetworkError, httpx.NetworkError) as error:
        raise _reset(place, str(error), answered) from error
    except httpcore.ProxyError as error:
        raise ProxyError(
            phrase("The proxy refused the connection to {place}: {reason}.", place=place, reason=str(error)),
            phrase("Check the proxy's address and its user and password."),
            str(error),
        ) from error
    except (httpcore.LocalProtocolError, h11.LocalProtocolError) as error:
        raise UsageError(
            phrase("This request cannot be written as HTTP."),  # the library's own words would quote header values
            phrase("Check method and headers: names and values must not hold line breaks or other controls."),
        ) from error
    except httpx.DecodingError as error:
        raise ProtocolViolation(
            phrase("The body of {place} cannot be decoded as its Content-Encoding says.", place=place),
            phrase("Ask without compression: send the header 'Accept-Encoding: identity'."),
            str(error),
        ) from error
    except (httpcore.PoolTimeout, httpx.PoolTimeout, httpcore.ConnectTimeout) as error:
        raise NoAnswer(phrase("No free connection to {place} in time.", place=place), cause=str(error)) from error


def _broken(place: str, reason: str, answered: bool) -> Exception:
    if "TLS record" in reason:
        return NoAnswer(
            phrase("{place} speaks TLS on that port, not plain HTTP.", place=place),
            phrase("Try https:// instead of http:// (wss:// instead of ws://)."),
            reason,
        )
    if answered and ("incomplete" in reason or "without" in reason or "closed" in reason):
        return Cut(
            phrase("{place} closed the connection in the middle of the answer.", place=place),
            phrase("A gateway's time limit, a crash of the model or a proxy on the way may have cut it."),
            reason,
        )
    if "disconnected" in reason:
        return NoAnswer(
            phrase("{place} closed the connection without an answer.", place=place),
            phrase("Check the scheme: a port for https:// may do so when it is called with http://."),
            reason,
        )
    return ProtocolViolation(
        phrase("What {place} answered is not HTTP: {reason}.", place=place, reason=reason),
        phrase("Check host and port: another kind of server may listen there."),
        reason,
    )


def _reset(place: str, reason: str, answered: bool) -> Exception:
    if answered:
        return Cut(
            phrase("The connection to {place} was reset in the middle of the answer.", place=place),
            phrase("The model's process may have ended, or something on the way cut the connection."),
            reason,
        )
    return NoAnswer(
        phrase("The connection to {place} was reset before an answer came.", place=place),
        phrase("Check the scheme (http or https) and whether the service is up."),
        reason,
    )
