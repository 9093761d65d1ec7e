# Mingjian in a container: `docker build -t mingjian .`, then
#   docker run --rm -v "$PWD:/data" mingjian inspect session.mp4 --out out
#
# WEIGHTS=1 bakes the weights in (about 165 MB); without it, mount a folder at /var/lib/mingjian/weights
# and run `mingjian models pull` once.
FROM python:3.11-slim-bookworm AS system
WORKDIR /opt/mingjian
COPY scripts/setup.sh scripts/
RUN scripts/setup.sh system && rm -rf /var/lib/apt/lists/*

# The console is built by itself: a change of Python code leaves it alone, and the image holds only what was built.
FROM system AS console
ENV UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1
COPY scripts scripts
COPY api/console api/console
RUN CONSOLE_PACKAGES=drop scripts/setup.sh console && rm -rf .tools

FROM system AS build
ENV UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1
COPY scripts/uv.lock scripts/
COPY pyproject.toml requirements.lock requirements-dev.lock README.md LICENSE ./
# Empty rooms are enough to install the project in place: a change of code then leaves the dependencies' layer alone.
RUN mkdir api engine eval models && touch api/__init__.py engine/__init__.py eval/__init__.py models/__init__.py \
    && scripts/setup.sh python && rm -rf .tools
COPY configs configs
COPY models models
COPY engine engine
COPY eval eval
COPY api api
COPY --from=console /opt/mingjian/api/console/dist api/console/dist
ARG WEIGHTS=0
ENV MINGJIAN_WEIGHTS=/var/lib/mingjian/weights
RUN mkdir -p "$MINGJIAN_WEIGHTS" && if [ "$WEIGHTS" = 1 ]; then .venv/bin/mingjian models pull; fi

FROM system AS run
RUN useradd --system --create-home --uid 10001 mingjian && mkdir /data && chown mingjian /data
COPY --from=build /opt/mingjian /opt/mingjian
COPY --from=build --chown=mingjian /var/lib/mingjian /var/lib/mingjian
# KubeRay begins Ray through a shell whose PATH may not be ours.
RUN ln -s /opt/mingjian/.venv/bin/ray /opt/mingjian/.venv/bin/mingjian /usr/local/bin/
ENV PATH=/opt/mingjian/.venv/bin:$PATH MINGJIAN_WEIGHTS=/var/lib/mingjian/weights PYTHONDONTWRITEBYTECODE=1
USER mingjian
WORKDIR /data
ENTRYPOINT ["mingjian"]
CMD ["--help"]
