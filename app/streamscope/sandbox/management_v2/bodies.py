"""The bodies of the new generation's requests, as rules.

Platform documentation, "Inference services" of API version 2, each request's own page; names, ranges and choices as
its software development kit has them.
"""

from streamscope.sandbox.management_v2.rules import Choice, Flag, Many, Never, Number, Pairs, Rule, Text, Whole, shape

NAME = Text(pattern=r"[A-Za-z0-9_\-\u4e00-\u9fff]{1,64}")
LONG_NAME = Text(pattern=r"[A-Za-z0-9_\-\u4e00-\u9fff]{1,128}")
VERSION = Text(most=8, pattern=r"[1-9]\d?\.\d{1,2}\.\d{1,2}")
DESCRIPTION = Text(most=512, without="<>")
WORD = Text(most=256)
PORT = Whole(1, 65_535)
PERCENT = Text(pattern=r"(?:[1-9]\d?|100)%")
MOUNT = Text(most=255, pattern=r"/[A-Za-z0-9_\-./\\]*")
METRICS_PATH = Text(most=255, pattern=r"\s*|https?,\d{1,5},[A-Za-z0-9._\-][A-Za-z0-9._\-/]*")
PROTOCOLS = ("HTTP", "HTTPS", "WS", "WSS")
STRATEGIES = ("ROUND_ROBIN", "ORIGIN_IP_HASH", "MIN_CONN", "MIN_FIRST_TOKEN_TIME", "COMPOSITE", "SLO_BASED")
TASK = Choice(
    (
        "TEXT_GENERATION", "IMAGE_UNDERSTANDING", "VIDEO_GENERATION", "IMAGE_GENERATION", "RERANK", "VECTOR_MODEL",
        "EMBEDDING",
    )
)  # fmt: skip
DEPLOY_TYPE = Choice(("SINGLE", "MULTI"))
WORKLOAD = Choice(("DEPLOYMENT", "LWS"))
OWN_COMMAND = Never("the sandbox runs a model package's own program and takes no command over HTTP")
NO_FILES = Never("the sandbox mounts nothing: a model package has its own files")

UPGRADE = shape(
    "", type=Choice(("ROLLING",)), rolling_update=shape("", max_surge=PERCENT, max_unavailable=PERCENT)
)  # fmt: skip
SECRET_VOLUME = shape("mount_path", secret_name=WORD, secret_key=Text(63), secret_value=Text(32_768), mount_path=MOUNT)
SECRET = shape(
    "",
    secret_enable=Flag(),
    secret_type=Text(64),
    secret_volumes=Many(SECRET_VOLUME, 30),
    group_enable=Flag(),
    group_id=Whole(1000, 2**32 - 2),
)
ADVANCED = shape(
    "port protocol",
    deploy_timeout_minutes=Whole(0, 300),
    upgrade_config=UPGRADE,
    service_secret=SECRET,
    dynamic_routing_enable=Flag(),
    strategy=Choice(STRATEGIES),
    ems_enable=Flag(),
    metric_api_scheme=Text(8),
    metric_api_port=Text(5),
    metric_api_path=WORD,
    custom_metrics_path=METRICS_PATH,
    mooncake_enable=Flag(),
    port=PORT,
    protocol=Choice((*PROTOCOLS, "TCP", "NA")),
)
HEALTH = shape(
    "initial_delay_seconds timeout_seconds period_seconds failure_threshold",
    check_method=Choice(("HTTP",)),
    cmd=OWN_COMMAND,
    url=Text(1024, pattern=r"/[A-Za-z0-9_\-/:.]*"),
    protocol=Choice(PROTOCOLS),
    initial_delay_seconds=Whole(1),
    timeout_seconds=Whole(1),
    period_seconds=Whole(1),
    failure_threshold=Whole(1),
)
IMAGE = shape(
    "source swr_path",
    id=WORD,
    source=Choice(("SWR", "IMAGE")),
    swr_path=Text(512, 1),
    category=Choice(("CPU", "GPU", "ASCEND")),
)
CUSTOM_SPEC = shape(
    "", gpu=Number(0), memory=Whole(1), cpu=Number(0.01), ascend=Whole(0), arch=Choice(("x86", "arm64"))
)  # fmt: skip
UNIT = shape(
    "image",
    id=WORD,
    name=Text(16, pattern=r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"),
    role=Text(64),
    custom_spec=CUSTOM_SPEC,
    flavor=WORD,
    flavor_display_name=WORD,
    image=IMAGE,
    models=NO_FILES,
    codes=NO_FILES,
    files=NO_FILES,
    dumps=NO_FILES,
    count=Whole(1, 128),
    cpu_affinity=Flag(),
    cmd=OWN_COMMAND,
    termination_grace=shape("", pre_stop_cmd=OWN_COMMAND, termination_grace_period_seconds=Whole(0, 3600)),
    envs=Pairs(Text(64, pattern=r"[A-Za-z_.\-][A-Za-z0-9_.\-]*"), Text(32_768, without="<>^")),
    readiness_health=HEALTH,
    startup_health=HEALTH,
    liveness_health=HEALTH,
    port=PORT,
    recovery=Choice(("Instance", "Role", "Pod")),
    npu_reset_enable=Flag(),
    group_count=Whole(1, 100),
    affinity=shape(
        "affinity_type required selection_mode targets",
        affinity_type=Choice(("AFFINITY", "ANTI_AFFINITY")),
        required=Flag(),
        selection_mode=Choice(("IP",)),
        targets=Pairs(WORD, WORD),
    ),
    security_config=shape("", user_id=Whole(1, 60_000), group_id=Whole(1, 60_000)),
    pool_resource_flavor=Text(128),
    group_policy=shape("", schedule_scope=Choice(("HYPERNODE", "SLICE"))),
)
GROUP = shape(
    "name weight unit_configs",
    name=LONG_NAME,
    pool_id=WORD,
    count=Whole(1, 128),
    system_log_dump_enable=Flag(),
    unit_configs=Many(UNIT, 16, 1),
    weight=Whole(0, 100),
    secret_type=Choice(("dew", "agency")),
    secret_name=Text(64),
    priority=Whole(1, 3),
    high_avail_switch=Flag(),
    schedule_strategy=Choice(("HIGH_AVAILABILITY", "HIGH_UTILIZATION", "HIGH_PERFORMANCE")),
    version=VERSION,
    description=DESCRIPTION,
    framework=Choice(("COMMON", "VLLM", "MINDIE")),
    deploy_type=DEPLOY_TYPE,
    mirror_traffic_enable=Flag(),
    mirror_traffic_weight=Text(3),
    workload_type=WORKLOAD,
    model=NO_FILES,
    advanced_config=ADVANCED,
)
GROUP_UPDATE = shape(
    "",
    **{key: rule for key, rule in GROUP.parts.items() if key not in ("mirror_traffic_weight", "workload_type")},
    mirror_traffic_weight=Whole(0, 100),
    deployment_task_limit=shape("", max_concurrent_task=Whole(1, 100)),
)

FUSE = shape("", error_rate_fuse_enable=Flag(), error_rate_threshold=Number(0, 1, above=True))
ELB = shape(
    "elb_id",
    elb_id=WORD,
    m_tls=Flag(),
    ca_cert_id=WORD,
    server_cert_id=WORD,
    sni_cert_ids=Many(WORD, 50),
    action=Choice(("RETRY", "SYNC_ADDR")),
)
CUSTOM_URL = Text(1024, pattern=r"(?:https?|wss?)://[A-Za-z0-9.\-]{1,253}(?::\d{1,5})?(?:/[A-Za-z0-9_\-./{}$]*)?")
SERVICE_INVOKE = shape(
    "port protocol auth_type",
    port=PORT,
    protocol=Choice(PROTOCOLS),
    auth_type=Choice(("TOKEN", "API_KEY", "NONE")),
    internet_access_enable=Flag(),
    intranet_approval_enable=Flag(),
    dynamic_routing_enable=Flag(),
    strategy=Choice(STRATEGIES),
    metric_api_scheme=Choice(("HTTP", "HTTPS")),
    metric_api_port=Text(5),
    metric_api_path=WORD,
    ems_enable=Flag(),
    request_retry_enable=Flag(),
    request_retry_cnt_max=Whole(1, 10),
    request_retry_interval_ms=Whole(1, 10_000),
    fuse_configs=FUSE,
    elb_connection=ELB,
    custom_urls=Many(CUSTOM_URL, 10),
)
ADDRESS = Text(64, pattern=r"[0-9A-Fa-f.:/]+")
SERVICE_LIMIT = shape(
    "request_size_limit request_timeout",
    rate_limit=shape("num unit", num=Whole(1, 10_000), unit=Choice(("SECONDS", "MINUTES"))),
    request_size_limit=Whole(1, 50),
    request_timeout=Whole(1, 7200),
    ip_white_list=Many(ADDRESS, 1000),
    ip_black_list=Many(ADDRESS, 1000),
)
RUNTIME = shape(
    "service_invoke service_limit",
    service_invoke=SERVICE_INVOKE,
    service_limit=SERVICE_LIMIT,
    service_secret=SECRET,
    server_task_limit=shape("", max_task=Whole(0, 10_000)),
    smart_routing_enable=Flag(),
)
LOG_CONFIG = shape(
    "status type",
    status=Choice(("ON", "OFF")),
    type=Choice(("STDOUT", "EVENT", "FILE")),
    log_group_id=WORD,
    log_stream_id=WORD,
    files=Many(shape("log_path file_pattern", log_path=Text(512), file_pattern=Text(255)), 10),
)
TAG = shape("key", key=Text(128, 1, pattern=r"(?!_sys_)\S(?:.*\S)?"), value=Text(256))
SCHEDULE = shape(
    "type time_unit duration",
    type=Choice(("STOP",)),
    time_unit=Choice(("MINUTES", "HOURS", "DAYS")),
    duration=Whole(1, 10_080),
)
_COMMON: dict[str, Rule] = {
    "version": VERSION,
    "description": DESCRIPTION,
    "upgrade_config": UPGRADE,
    "lts_strategy": Choice(("POOL", "AUTO_CREATE", "DEFAULT")),
    "log_configs": Many(LOG_CONFIG, 3),
    "workspace_id": Text(pattern=r"0|[a-z0-9]{32}"),
    "schedule": Many(SCHEDULE, 1),
    "custom_metrics_path": METRICS_PATH,
    "deploy_timeout_minutes": Whole(0, 300),
    "task_type": TASK,
    "runtime_config": RUNTIME,
}
SERVICE_CREATE = shape(
    "name type deploy_type group_configs runtime_config",
    **_COMMON,
    name=NAME,
    type=Choice(("REAL_TIME", "ASYNC_REAL_TIME")),
    deploy_type=DEPLOY_TYPE,
    group_configs=Many(GROUP, 1),
    tags=Many(TAG, 20),
    workload_type=WORKLOAD,
)
SERVICE_UPDATE = shape("", **_COMMON, name=LONG_NAME, group_configs=Many(GROUP, 1), tags=Many(TAG, 20))
SERVICES_DELETE = shape("service_ids", service_ids=Many(WORD, 500, 1))
SCALE = shape("count", count=Whole(1, 128))
SWITCH = shape("infer_name", service_id=WORD, target_deployment_version=VERSION, infer_name=WORD)

KEY_CREATE = shape(
    "name scope",
    name=NAME,
    description=Text(256, without="!<>=&'\""),
    scope=Choice(("USER", "SERVICE")),
)
KEY_TEMPORARY = shape("expire_time", expire_time=Whole(1, 24), workspace_id=WORD)
KEYS = shape("key_ids", key_ids=Many(shape("key_id", key_id=Text(pattern=r"[a-z0-9]{32}")), 10, 1))

CONNECTION_CREATE = shape(
    "scene",
    service_id=WORD,
    scene=Choice(("VPC", "POOL")),
    vpc_id=WORD,
    subnet_id=WORD,
    pool_id=WORD,
    type=Choice(("SERVICE", "GLOBAL")),
    dispatcher_group_id=WORD,
    custom_urls=Many(CUSTOM_URL, 10),
)
CONNECTION_UPDATE = shape("action", action=Choice(("APPROVE", "REJECT", "CANCEL", "RETRY")), reason=Text(1024))
CONNECTION_MODIFY = shape("custom_urls", custom_urls=Many(CUSTOM_URL, 10))
CONNECTIONS_DELETE = shape("intranet_connection_ids", intranet_connection_ids=Many(WORD, 100, 1))

TAGS = shape("", tags=Many(TAG, 20))
TAGS_DELETE = shape("tags", tags=Many(shape("key", key=Text(128), value=Text(256)), 20), resource_id=WORD)
TAGGED = shape(
    "",
    matches=Many(shape("key value", key=Choice(("resource_name",)), value=WORD), 10),
    tags=Many(shape("key values", key=Text(128), values=Many(Text(256), 20)), 20),
    without_any_tag=Flag(),
    limit=Whole(1, 500),
    offset=Whole(0),
)

REPLICAS = Whole(1, 128)
HPA_RULE = shape(
    "type schedule target_replicas",
    name=Text(64, pattern=r"[a-z][a-z0-9\-]{2,62}[a-z0-9]"),
    id=Text(64),
    disable=Flag(),
    type=Choice(("CRON_HPA", "METRIC_HPA")),
    status=WORD,
    operate=Choice(("ADD", "UPDATE", "DELETE")),
    schedule=WORD,
    target_replicas=REPLICAS,
    min_replicas=REPLICAS,
    max_replicas=REPLICAS,
    downscale_window=Whole(),
    upscale_window=Whole(),
)
HPA_CREATE = shape(
    "type target_resource_id target_resource_type hpa_rules",
    type=Choice(("CRON_HPA", "METRIC_HPA")),
    target_resource_id=WORD,
    target_resource_type=Choice(("GROUP",)),
    hpa_rules=Many(HPA_RULE, 20),
    workspace_id=WORD,
)
HPA_UPDATE = shape("id", id=WORD, hpa_rules=Many(HPA_RULE, 20), workspace_id=WORD)
SLO = shape(
    "slo_objectives",
    slo_objectives=Many(
        shape("", metric_ttft=Whole(0, 10_000), metric_tpot=Whole(0, 1000), percental=Whole(0, 100)), 10, 1
    ),
    predict_window_seconds=Whole(60, 600),
)
METRIC = shape(
    "endpoint port scheme",
    endpoint=WORD,
    path=WORD,
    port=Text(5),
    scheme=Choice(("HTTP", "HTTPS")),
    metrics_source=Choice(("CONTAINER", "OTHERS")),
)
HRA_RULE = shape(
    "slo_info metrics",
    id=WORD,
    operate=Choice(("UPDATE", "DELETE")),
    scaler_type=Choice(("SIMULATOR_ALGO",)),
    slo_info=Many(SLO, 10, 1),
    metrics=Many(METRIC, 10),
    role_replica=Many(shape("name", name=WORD, max_replicas=REPLICAS, min_replicas=REPLICAS), 16),
)
HRA = shape(
    "workspace_id hra_rules",
    workspace_id=WORD,
    hra_rules=Many(HRA_RULE, 10),
    disable=Flag(),
    min_replicas=REPLICAS,
    max_replicas=REPLICAS,
    scale_window=Whole(),
)
AUTH_MODE = shape("mode", mode=Choice(("strict", "loose")))
