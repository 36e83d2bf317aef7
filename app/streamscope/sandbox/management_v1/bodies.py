"""What requests for services may hold, by rules; what is not named is left out, as the platform does.

Platform documentation, "Deploying a Model as a Service" and "Updating Service Configurations" (v1).
"""

from streamscope.sandbox.management_v2.rules import Choice, Flag, Many, Number, Pairs, Rule, Shape, Text, Whole, shape

NAME = Text(64, 1, pattern=r"[A-Za-z0-9_\-\u4e00-\u9fff]+")
DESCRIPTION = Text(100, without="!<>=&\"'")
KINDS = ("real-time", "batch", "edge")
BALANCING = ("ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP")
IDENTIFIER = Text(128, pattern=r"[A-Za-z0-9_\-.:/]*")
LONG = Text(4096)

_SCHEDULE = Many(
    shape(
        "type time_unit duration",
        type=Choice(("stop",)),
        time_unit=Choice(("DAYS", "HOURS", "MINUTES")),
        duration=Whole(1, 100_000),
    ),
    most=1,
)
_SPEC = Shape(
    {"cpu": Number(0.01, 4096), "memory": Whole(1, 10**8), "gpu_p4": Number(0, 128), "ascend_a310": Whole(0, 128)},
    frozenset({"cpu", "memory"}),
)
_VOLUME = shape("mount_path", name=LONG, mount_path=LONG, storage_type=LONG, source_address=LONG)
_ROLLOUT = shape(
    "",
    persistent_volumes=Many(_VOLUME, 20),
    log_volume=Many(shape("", host_path=LONG, mount_path=LONG), 20),
    max_surge=Number(0, 1000),
    max_unavailable=Number(0, 1000),
    termination_grace_period_seconds=Whole(0, 86_400),
)
_PROPERTIES = shape(
    "",
    smn_notification=shape("topic_urn", topic_urn=LONG, events=Many(Whole(0, 100), 20)),
    log_report_channels=Many(
        shape("type", type=Choice(("LTS",)), configuration=shape("", log_group_id=LONG, log_stream_id=LONG)), 10
    ),
    websocket_upgrade=Flag(),
)
_CONFIG = Many(
    shape(
        "model_id specification instance_count",
        model_id=Text(128, 1),
        weight=Whole(0, 100),
        specification=Text(128, 1),
        custom_spec=_SPEC,
        instance_count=Whole(1, 128),
        envs=Pairs(Text(64, 1, pattern=r"[A-Za-z_.\-][A-Za-z0-9_.\-]*"), Text(32_768)),
        cluster_id=IDENTIFIER,
        pool_name=IDENTIFIER,
        deploy_timeout_in_seconds=Whole(180, 7200),
        additional_properties=_ROLLOUT,
    ),
    most=5,
    least=1,
)
_COMMON: dict[str, Rule] = {
    "description": DESCRIPTION,
    "config": _CONFIG,
    "schedule": _SCHEDULE,
    "additional_properties": _PROPERTIES,
    "load_balancer_policy": Choice(BALANCING),
}
CREATE = Shape(
    {
        **_COMMON,
        "service_name": NAME,
        "infer_type": Choice(KINDS),
        "workspace_id": IDENTIFIER,
        "vpc_id": IDENTIFIER,
        "subnet_network_id": IDENTIFIER,
        "security_group_id": IDENTIFIER,
        "cluster_id": IDENTIFIER,
        "pool_name": IDENTIFIER,
        "priority": Whole(1, 3),
        "service_secrets": Many(Text(128), 20),
    },
    frozenset({"service_name", "infer_type", "config"}),
)
UPDATE = Shape({**_COMMON, "status": Choice(("running", "stopped"))})
TAGS = shape("tags", tags=Many(shape("key", key=Text(128, 1), value=Text(255)), 20, 1))
APPS = shape("apps", apps=Many(shape("app_id", app_id=Text(64, 1)), 100), workspace_id=IDENTIFIER)
APP = shape(
    "app_name", app_name=Text(64, 3, pattern=r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*"), app_remark=Text(200)
)
CODE = shape("", app_code=Text(180, 64, pattern=r"[A-Za-z0-9+_!@#$%/=\-]+"))
