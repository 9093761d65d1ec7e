#!/usr/bin/env bash
# Makes this machine ready for Mingjian; the Makefile and the Dockerfile both use it.
#
#   scripts/setup.sh [system|python|dev|node|console|tools] ...
#
#   system   libraries that wheels expect of the system, by apt, when they are missing
#   python   .venv with the locked dependencies and the project itself
#   dev      the same, with what tests, checks and synthetic sessions need; also PostgreSQL's programs, by apt, for the
#            tests that run on it (no server is set up: each test run makes one of its own), and Chromium for those that
#            need a browser
#   node     Node.js below .tools/node, when the system has none of version 20 or later
#   console  the review console, built into api/console/dist (with Node.js as above)
#   tools    uv alone
#
# Without arguments: system python. Whatever is already right is left alone, so a second run takes no time.
#
# PYTHON names another Python 3.11, CHROMIUM another browser. A mirror is taken from the package installer's own configuration.
set -euo pipefail
shopt -s inherit_errexit

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DEBIAN_FRONTEND=noninteractive

readonly VENV=.venv TOOLS=.tools
readonly LIBRARIES=(libGL.so.1:libgl1 libgthread-2.0.so.0:libglib2.0-0 libEGL.so.1:libegl1 libGLESv2.so.2:libgles2)
readonly CHINESE_FONT=fonts-noto-cjk
readonly POSTGRES_PROGRAMS=${POSTGRES_PROGRAMS:-/usr/lib/postgresql/*/bin}
readonly CONSOLE=api/console
readonly CONSOLE_SOURCES=(src public index.html package.json package-lock.json .npmrc tsconfig.json vite.config.ts)
readonly CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt

say() { printf '==> %s\n' "$*" >&2; }

fail() {
    printf '错误：%s\nError: %s\n' "$1" "$2" >&2
    exit 1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3.11}" python3.11 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "没有找到 Python 3.11。请先安装（Debian 12：apt install python3），或用 PYTHON=/路径/python3.11 指定。" \
        "Python 3.11 was not found. Install it (Debian 12: apt install python3) or name it with PYTHON=/path/python3.11."
}

# The dynamic linker's own list, which also knows libraries that no package manager installed.
has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -qF "$1 "; }

has_chinese_font() {
    compgen -G '/usr/share/fonts/*/NotoSansCJK*' >/dev/null || compgen -G '/usr/share/fonts/*/*/NotoSansCJK*' >/dev/null
}

missing_packages() {
    local pair python
    for pair in "${LIBRARIES[@]}"; do
        has_library "${pair%%:*}" || echo "${pair##*:}"
    done
    has_chinese_font || echo "$CHINESE_FONT"
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3.11-venv
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "需要管理员权限来安装系统库：$*" "Installing system libraries needs root: $*"
    fi
}

install_system() {
    local packages
    packages=$(missing_packages)
    [ -n "$packages" ] || return 0
    packages=${packages//$'\n'/ }
    command -v apt-get >/dev/null || fail \
        "缺少系统库，且本机没有 apt。请用系统的包管理器安装与下列 Debian 包对应的库：$packages" \
        "System libraries are missing and there is no apt here. Install what these Debian packages hold: $packages"
    say "apt-get install $packages"
    as_root apt-get update -q
    # shellcheck disable=SC2086  # the names are words on purpose
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages
}

has_postgres() { command -v initdb >/dev/null || compgen -G "$POSTGRES_PROGRAMS/initdb" >/dev/null; }

# Debian's package starts a server of its own when it is installed, unless it is told before not to.
install_postgres() {
    if has_postgres; then
        return 0
    fi
    if ! command -v apt-get >/dev/null; then
        say "没有 PostgreSQL，也没有 apt：相关测试将跳过 / no PostgreSQL and no apt: the tests that need it will be skipped"
        return 0
    fi
    say "apt-get install postgresql"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql-common
    as_root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql
}

has_chromium() { command -v "${CHROMIUM:-chromium}" >/dev/null || command -v chromium-browser >/dev/null; }

install_chromium() {
    if has_chromium; then
        return 0
    fi
    if ! command -v apt-get >/dev/null; then
        say "没有 Chromium，也没有 apt：相关测试将跳过 / no Chromium and no apt: the tests that need it will be skipped"
        return 0
    fi
    say "apt-get install chromium"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium
}

# uv, of one version and by hash, in an environment of its own.
uv() {
    local stamp
    stamp="$TOOLS/$(sha256sum <scripts/uv.lock | cut -c1-16)"
    if [ ! -e "$stamp" ]; then
        local python
        python=$(find_python)
        say "uv"
        rm -rf "$TOOLS"
        "$python" -m venv "$TOOLS"
        "$TOOLS/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r scripts/uv.lock
        touch "$stamp"
    fi
    "$TOOLS/bin/uv" "$@"
}

# uv reads neither the installer's configuration nor the system's certificates by itself.
adopt_configuration() {
    local python index
    if [ -z "${SSL_CERT_FILE:-}" ] && [ -r "$CA_BUNDLE" ]; then
        export SSL_CERT_FILE=$CA_BUNDLE PIP_CERT=${PIP_CERT:-$CA_BUNDLE}
    fi
    python=$(find_python)
    index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        export UV_DEFAULT_INDEX=$index
    fi
}

# install_python LOCK KIND: .venv holds exactly what LOCK names. The development environment serves where the other would.
install_python() {
    local lock=$1 kind=$2 key
    key=$(cat "$lock" pyproject.toml | sha256sum | cut -c1-16)
    if [ -e "$VENV/.$kind-$key" ]; then
        return 0
    fi
    if [ "$kind" = python ] && [ -e "$VENV/.dev-$(cat requirements-dev.lock pyproject.toml | sha256sum | cut -c1-16)" ]; then
        return 0
    fi
    adopt_configuration
    say "$VENV <- $lock"
    uv --version >/dev/null
    rm -f "$VENV"/.python-* "$VENV"/.dev-*
    [ -x "$VENV/bin/python" ] || uv venv -q --python "$(find_python)" "$VENV"
    uv pip sync --python "$VENV/bin/python" --require-hashes "$lock"
    uv pip install -q --python "$VENV/bin/python" --no-deps --no-build-isolation --editable .
    touch "$VENV/.$kind-$key"
}

has_node() { "$1" -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; }

# Node.js of the locked wheel, in an environment of its own: .tools/node/bin/node, npm and npx.
install_node() {
    if has_node node || has_node "$TOOLS/node/bin/node"; then
        return 0
    fi
    adopt_configuration
    say "$TOOLS/node <- scripts/node.lock"
    uv --version >/dev/null
    uv venv -q --clear --python "$(find_python)" "$TOOLS/node"
    uv pip sync --python "$TOOLS/node/bin/python" --require-hashes scripts/node.lock
    has_node "$TOOLS/node/bin/node" || fail "装好的 Node.js 不能运行。" "The installed Node.js does not run."
}

# console_key FILES: one number for what the files hold and how they are called.
console_key() {
    (cd "$CONSOLE" && find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

# Packages of the locked versions, by their hashes, and the built pages; each only where what it comes from has changed.
build_console() {
    local built packages
    install_node
    if ! has_node node; then
        PATH="$PWD/$TOOLS/node/bin:$PATH"
    fi
    packages=$CONSOLE/node_modules/.packages-$(console_key package.json package-lock.json)
    built=$CONSOLE/dist/.built-$(console_key "${CONSOLE_SOURCES[@]}")
    if [ -e "$built" ] && { [ -e "$packages" ] || [ "${CONSOLE_PACKAGES:-keep}" = drop ]; }; then
        return 0
    fi
    if [ ! -e "$packages" ]; then
        say "$CONSOLE/node_modules <- $CONSOLE/package-lock.json"
        (cd "$CONSOLE" && npm ci --no-audit --no-fund --loglevel=error)
        touch "$packages"
    fi
    if [ ! -e "$built" ]; then
        say "$CONSOLE/dist"
        (cd "$CONSOLE" && npm run --silent build -- --logLevel warn)
        touch "$built"
    fi
    # An image needs what was built, not what it was built with.
    if [ "${CONSOLE_PACKAGES:-keep}" = drop ]; then
        rm -rf "$CONSOLE/node_modules"
    fi
}

[ $# -gt 0 ] || set -- system python
for part in "$@"; do
    case "$part" in
    system) install_system ;;
    python) install_python requirements.lock python ;;
    dev)
        install_postgres
        install_chromium
        install_python requirements-dev.lock dev
        ;;
    node) install_node ;;
    console) build_console ;;
    tools) adopt_configuration && uv --version >&2 ;;
    *) fail "不认识的参数：$part（可用：system python dev node console tools）" "Unknown argument: $part (known: system python dev node console tools)" ;;
    esac
done
