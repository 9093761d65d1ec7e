"""Deployment files say what the program understands: settings, commands, ports, resources, secrets without defaults.

Compose and Kubernetes publish schemas that cannot be reached from here. What is checked is written down below as
models of the fields these files use: a field that is misspelt or misplaced, or a value of the wrong form, fails.
"""

import json
import re
import shlex
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.cli.main import COMMANDS
from engine.cluster.settings import ClusterSettings
from engine.settings import Settings
from engine.store.settings import StoreSettings

DEPLOY = Path(__file__).resolve().parents[1] / "configs" / "deploy"
Duration = Annotated[str, Field(pattern=r"^\d+(ms|s|m|h)$")]
Quantity = Annotated[str, BeforeValidator(str), Field(pattern=r"^\d+(\.\d+)?(m|Ki|Mi|Gi)?$")]
Port = Annotated[int, Field(ge=1, le=65535)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Healthcheck(Part):
    test: Annotated[list[str], Field(min_length=2)]
    interval: Duration
    timeout: Duration
    retries: Annotated[int, Field(ge=1)]
    start_period: Duration | None = None


class Limits(Part):
    memory: Annotated[str, Field(pattern=r"^\d+[mg]$")]


class ComposeResources(Part):
    limits: Limits


class ComposeDeploy(Part):
    resources: ComposeResources


class Condition(Part):
    condition: Literal["service_healthy", "service_started", "service_completed_successfully"]


class Service(Part):
    image: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9/._:-]*$")]
    restart: Literal["unless-stopped"]
    command: list[str] = []
    environment: dict[str, str] = {}
    secrets: list[str] = []
    depends_on: dict[str, Condition] = {}
    ports: list[Annotated[str, Field(pattern=r"^127\.0\.0\.1:\d+:\d+$")]] = []
    volumes: list[str] = []
    tmpfs: list[str] = []
    shm_size: str | None = None
    stop_grace_period: Duration | None = None
    healthcheck: Healthcheck | None = None
    deploy: ComposeDeploy | None = None
    read_only: bool = False
    cap_drop: list[str] = []
    security_opt: list[str] = []


class SecretFile(Part):
    file: str


class Compose(Part):
    name: str
    services: dict[str, Service]
    volumes: dict[str, None]
    secrets: dict[str, SecretFile]


class KeyRef(Part):
    name: str
    key: str


class ValueFrom(Part):
    secret_key_ref: KeyRef = Field(alias="secretKeyRef")


class EnvVar(Part):
    name: Annotated[str, Field(pattern=r"^[A-Z_]+$")]
    value: str | None = None
    value_from: ValueFrom | None = Field(default=None, alias="valueFrom")


class Resources(Part):
    requests: dict[Literal["cpu", "memory"], Quantity]
    limits: dict[Literal["cpu", "memory"], Quantity]


class Mount(Part):
    name: str
    mount_path: Annotated[str, Field(alias="mountPath", pattern="^/")]
    read_only: bool = Field(default=False, alias="readOnly")


class Socket(Part):
    port: Port


class Get(Part):
    path: Annotated[str, Field(pattern="^/")]
    port: str | Port


class Probe(Part):
    tcp_socket: Socket | None = Field(default=None, alias="tcpSocket")
    http_get: Get | None = Field(default=None, alias="httpGet")
    initial_delay: int = Field(default=0, alias="initialDelaySeconds")
    period: int = Field(alias="periodSeconds")
    timeout: int = Field(alias="timeoutSeconds")
    failures: int = Field(default=3, alias="failureThreshold")


class ContainerPort(Part):
    name: str
    port: Port = Field(alias="containerPort")


class Container(Part):
    name: str
    image: str
    args: list[str] = []
    env: list[EnvVar]
    ports: list[ContainerPort] = []
    resources: Resources
    mounts: list[Mount] = Field(alias="volumeMounts")
    readiness: Probe | None = Field(default=None, alias="readinessProbe")
    liveness: Probe | None = Field(default=None, alias="livenessProbe")


class FromConfig(Part):
    name: str


class FromSecret(Part):
    name: str = Field(alias="secretName")
    mode: int = Field(alias="defaultMode", ge=0, le=511)


class Volume(Part):
    name: str
    empty_dir: dict[str, str] | None = Field(default=None, alias="emptyDir")
    config_map: FromConfig | None = Field(default=None, alias="configMap")
    secret: FromSecret | None = None


class PodSpec(Part):
    containers: Annotated[list[Container], Field(min_length=1)]
    volumes: list[Volume]
    grace: int = Field(default=30, alias="terminationGracePeriodSeconds")
    mounts_token: bool = Field(alias="automountServiceAccountToken")


class Metadata(Part):
    name: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    labels: dict[str, str] = {}


class Labelled(Part):
    labels: dict[str, str]


class PodTemplate(Part):
    spec: PodSpec
    metadata: Labelled | None = None


class Selector(Part):
    match_labels: dict[str, str] = Field(alias="matchLabels")


class DeploymentSpec(Part):
    replicas: Annotated[int, Field(ge=1)]
    selector: Selector
    template: PodTemplate


class RayGroup(Part):
    start: dict[str, str] = Field(alias="rayStartParams")
    template: PodTemplate


class WorkerGroup(RayGroup):
    name: str = Field(alias="groupName")
    replicas: int
    least: int = Field(alias="minReplicas", ge=0)
    most: int = Field(alias="maxReplicas", ge=1)


class Autoscaler(Part):
    idle: int = Field(alias="idleTimeoutSeconds", ge=60)
    resources: Resources


class RayClusterSpec(Part):
    version: str = Field(alias="rayVersion")
    autoscaling: Literal[True] = Field(alias="enableInTreeAutoscaling")
    autoscaler: Autoscaler = Field(alias="autoscalerOptions")
    head: RayGroup = Field(alias="headGroupSpec")
    workers: Annotated[list[WorkerGroup], Field(alias="workerGroupSpecs", min_length=1)]


class ServicePort(Part):
    name: str
    port: Port
    target: str = Field(alias="targetPort")


class ServiceSpec(Part):
    selector: dict[str, str]
    ports: list[ServicePort]


class Kind(Part):
    api: str = Field(alias="apiVersion")
    metadata: Metadata


class ConfigMap(Kind):
    kind: Literal["ConfigMap"]
    data: dict[str, str]


class RayCluster(Kind):
    kind: Literal["RayCluster"]
    api: Literal["ray.io/v1"] = Field(alias="apiVersion")
    spec: RayClusterSpec


class Deployment(Kind):
    kind: Literal["Deployment"]
    api: Literal["apps/v1"] = Field(alias="apiVersion")
    spec: DeploymentSpec


class KubeService(Kind):
    kind: Literal["Service"]
    api: Literal["v1"] = Field(alias="apiVersion")
    spec: ServiceSpec


MODELS: dict[str, type[Kind]] = {
    "ConfigMap": ConfigMap, "RayCluster": RayCluster, "Deployment": Deployment, "Service": KubeService,
}  # fmt: skip


@pytest.fixture(scope="module")
def compose() -> Compose:
    raw = yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text(encoding="utf-8"))
    return Compose.model_validate({name: value for name, value in raw.items() if not name.startswith("x-")})


@pytest.fixture(scope="module")
def manifests() -> dict[str, Kind]:
    raw = yaml.safe_load_all((DEPLOY / "kuberay.yaml").read_text(encoding="utf-8"))
    made = [MODELS[one["kind"]].model_validate(one) for one in raw]
    return {f"{type(one).__name__}/{one.metadata.name}": one for one in made}


def settings_from(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str | None = None) -> Settings:
    """What the program makes of these variables; substitutions are given a value."""
    monkeypatch.delenv("MINGJIAN_SETTINGS", raising=False)
    for variable, value in environment.items():
        if variable.startswith("MINGJIAN_"):
            monkeypatch.setenv(variable, re.sub(r"\$\{\w+:\?[^}]*\}", name or "given", value))
    return Settings()


def pods(manifests: dict[str, Kind]) -> list[PodSpec]:
    found = []
    for one in manifests.values():
        if isinstance(one, Deployment):
            found.append(one.spec.template.spec)
        elif isinstance(one, RayCluster):
            found += [one.spec.head.template.spec, *(group.template.spec for group in one.spec.workers)]
    return found


def test_compose_services_name_what_there_is(compose: Compose) -> None:
    for service in compose.services.values():
        assert set(service.depends_on) <= set(compose.services)
        assert set(service.secrets) <= set(compose.secrets)
        named = {volume.split(":")[0] for volume in service.volumes if not volume.startswith("/")}
        assert named <= set(compose.volumes)
        for dependency in service.depends_on:
            assert compose.services[dependency].healthcheck is not None


@pytest.mark.parametrize("service", ["api", "worker"])
def test_compose_settings_are_understood(compose: Compose, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compose.services[service]
    settings = settings_from(found.environment, monkeypatch)
    assert settings.store.database == "postgresql+psycopg://mingjian:given@postgres:5432/mingjian"
    assert settings.store.blob_options["endpoint_url"] == "http://objects:9000"
    assert found.command[0] in COMMANDS
    assert found.read_only
    assert found.cap_drop == ["ALL"]


def test_compose_has_no_password_of_its_own() -> None:
    text = (DEPLOY / "docker-compose.yaml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if re.search(r"PASSWORD:", line):
            assert ":?" in line, line
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{(\w+)", text))
    assert {line.split("=")[0] for line in example.splitlines() if "=" in line} == wanted
    assert all(line.endswith("=") for line in example.splitlines() if line and not line.startswith("#"))


def test_the_cluster_is_whole(manifests: dict[str, Kind]) -> None:
    assert set(manifests) == {
        "ConfigMap/mingjian-settings",
        "RayCluster/mingjian",
        "Deployment/mingjian-dispatcher",
        "Deployment/mingjian-api",
        "KubeService/mingjian-api",
    }
    import ray

    cluster = manifests["RayCluster/mingjian"]
    assert isinstance(cluster, RayCluster)
    assert cluster.spec.version == ray.__version__
    for group in cluster.spec.workers:
        assert group.least <= group.replicas <= group.most


def test_pods_mount_what_they_name(manifests: dict[str, Kind]) -> None:
    for pod in pods(manifests):
        volumes = {volume.name for volume in pod.volumes}
        for container in pod.containers:
            assert {mount.name for mount in container.mounts} <= volumes
            environment = {one.name: one for one in container.env}
            assert environment["MINGJIAN_SETTINGS"].value == "/settings/settings.yaml"
            assert all((one.value is None) != (one.value_from is None) for one in container.env)
            for secret in ("MINGJIAN_STORE__DATABASE", "MINGJIAN_STORE__BLOB_OPTIONS"):
                assert environment[secret].value is None  # never written into the file
        for volume in pod.volumes:
            assert sum(one is not None for one in (volume.empty_dir, volume.config_map, volume.secret)) == 1


def test_ray_and_its_driver_share_a_token(manifests: dict[str, Kind]) -> None:
    cluster, driver = manifests["RayCluster/mingjian"], manifests["Deployment/mingjian-dispatcher"]
    assert isinstance(cluster, RayCluster)
    assert isinstance(driver, Deployment)
    groups = [cluster.spec.head, *cluster.spec.workers]
    containers = [group.template.spec.containers[0] for group in groups] + [driver.spec.template.spec.containers[0]]
    tokens = []
    for container in containers:
        environment = {one.name: one for one in container.env}
        assert environment["RAY_AUTH_MODE"].value == "token"
        assert environment["RAY_USAGE_STATS_ENABLED"].value == "0"
        given = environment["RAY_AUTH_TOKEN"].value_from
        assert given is not None
        tokens.append((given.secret_key_ref.name, given.secret_key_ref.key))
    assert len(set(tokens)) == 1
    assert cluster.spec.head.start["dashboard-host"] == "127.0.0.1"


def test_settings_of_the_cluster_are_understood_and_fit_a_machine(manifests: dict[str, Kind]) -> None:
    config, cluster = manifests["ConfigMap/mingjian-settings"], manifests["RayCluster/mingjian"]
    assert isinstance(config, ConfigMap)
    assert isinstance(cluster, RayCluster)
    raw: dict[str, Any] = yaml.safe_load(config.data["settings.yaml"])
    StoreSettings.model_validate(raw["store"])
    limits = ClusterSettings.model_validate(raw["cluster"])
    machine = cluster.spec.workers[0].template.spec.containers[0].resources.limits
    for name in ("speech", "diarization", "vision", "finish"):
        pool = getattr(limits, name)
        assert pool.cpus <= float(machine["cpu"])
        assert pool.memory <= int(machine["memory"].removesuffix("Gi")) * 1024**3
    assert limits.layout == "pools"


def test_commands_exist(manifests: dict[str, Kind]) -> None:
    for pod in pods(manifests):
        for container in pod.containers:
            if container.args:
                assert container.args[0] in COMMANDS


def test_labels_find_their_pods(manifests: dict[str, Kind]) -> None:
    labels = []
    for one in manifests.values():
        if isinstance(one, Deployment):
            assert one.spec.template.metadata is not None
            assert one.spec.selector.match_labels == one.spec.template.metadata.labels
            labels.append(one.spec.template.metadata.labels)
    service = manifests["KubeService/mingjian-api"]
    assert isinstance(service, KubeService)
    assert service.spec.selector in labels


def test_the_image_starts_the_program_and_has_ray_where_a_shell_finds_it(root: Path) -> None:
    lines = (root / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert json.loads(next(line for line in lines if line.startswith("ENTRYPOINT")).split(" ", 1)[1]) == ["mingjian"]
    assert next(line for line in lines if line.startswith("USER")) == "USER mingjian"
    link = next(shlex.split(line) for line in lines if "ln -s" in line)
    assert "/opt/mingjian/.venv/bin/ray" in link


def test_no_file_names_a_registry() -> None:
    for path in DEPLOY.iterdir():
        for image in re.findall(r"image:\s*(\S+)", path.read_text(encoding="utf-8")):
            assert "." not in image.split("/")[0], image
