"""Where everything is: the ports that were bound and the addresses that services have on each channel."""

from dataclasses import dataclass

from streamscope.sandbox.catalogue import NEW_NAME, OLD_NAME, PRIVATE_NAMES
from streamscope.sandbox.records import Record


@dataclass(frozen=True, slots=True)
class Addresses:
    """The ports of the listeners, and of the programs that can be reached directly by service id."""

    iam_port: int
    management_port: int
    gateway_port: int
    app_port: int
    vpc_port: int
    direct_ports: dict[str, int]
    second_gateway_port: int = 0
    """The other domain, between which a service that is started again changes; 0 where there is none."""
    second_app_port: int = 0
    plain_port: int = 0
    """Where the new generation's services are reached whose protocol is without TLS."""
    all_plain: bool = False
    """Whether all of the new generation's public addresses are told without TLS."""
    bare: bool = False
    """Whether the new generation's public addresses are told without scheme and path."""

    @property
    def iam(self) -> str:
        """The identity service."""
        return f"https://127.0.0.1:{self.iam_port}"

    @property
    def management(self) -> str:
        """The management interface."""
        return f"https://127.0.0.1:{self.management_port}"

    @property
    def gateway(self) -> str:
        """The gateway's row for accounts."""
        return f"https://127.0.0.1:{self.gateway_port}"

    @property
    def vpc(self) -> str:
        """The VPC endpoint under the private name of the old generation."""
        return f"https://{OLD_NAME}:{self.vpc_port}"

    @property
    def resolve(self) -> list[str]:
        """The private names' addresses, as a resolver would have to know them."""
        ports = [(name, self.vpc_port) for name in PRIVATE_NAMES] + [(NEW_NAME, self.plain_port)]
        return [f"{name}:{port}:127.0.0.1" for name, port in ports]

    def channels(self, service: Record) -> dict[str, str]:
        """A service's address on each channel that it has."""
        if service.generation == "v2":
            return {
                "public": self._new_public(service),
                "vpc": self._new(service, f"{NEW_NAME}:{self.vpc_port}", f"{NEW_NAME}:{self.plain_port}"),
            }
        return {
            "public": _url(service, self._gateway(service), "/v1/infers"),
            "vpc": _url(service, f"{OLD_NAME}:{self.vpc_port}", "/v1/infers"),
            **self._direct(service),
        }

    def app_channels(self, service: Record) -> dict[str, str]:
        """The same for applications, where the service is registered for them: the second row."""
        if not service.app_auth:
            return {}
        return {
            "public": _url(
                service, f"127.0.0.1:{self.second_app_port if self._moved(service) else self.app_port}", "/v1/infers"
            ),
            "vpc": _url(service, f"{OLD_NAME}:{self.vpc_port}", "/v1/infers"),
            **self._direct(service),
        }

    def _moved(self, service: Record) -> bool:
        return bool(self.second_gateway_port) and service.domain % 2 == 1

    def _gateway(self, service: Record) -> str:
        return f"127.0.0.1:{self.second_gateway_port if self._moved(service) else self.gateway_port}"

    def _new_public(self, service: Record) -> str:
        plain = f"127.0.0.1:{self.plain_port}"
        if self.all_plain:
            return _without_tls(_url(service, plain, "/v2/infer"))
        return self._gateway(service) if self.bare else self._new(service, self._gateway(service), plain)

    def _new(self, service: Record, secure: str, plain: str) -> str:
        if service.plain:
            return _without_tls(_url(service, plain, "/v2/infer"))
        return _url(service, secure, "/v2/infer")

    def _direct(self, service: Record) -> dict[str, str]:
        if service.id not in self.direct_ports:
            return {}
        scheme = "ws" if service.websocket else "http"
        return {"direct": f"{scheme}://127.0.0.1:{self.direct_ports[service.id]}"}


def _url(service: Record, authority: str, prefix: str) -> str:
    scheme = "wss" if service.websocket else "https"
    return f"{scheme}://{authority}{prefix}/{service.id}"


def _without_tls(url: str) -> str:
    return url.replace("https:", "http:", 1).replace("wss:", "ws:", 1)
