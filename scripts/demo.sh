#!/usr/bin/env bash
# Inspects the committed demo sessions and says where the reports are. One of them has planted faults, so a flagged
# session (exit status 1 of `mingjian inspect`) is what the demo is expected to show.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly OUT=${1:-out/demo}
# The demo holds no personal data, so what its stages found may be kept: a second demo runs only what changed.
export MINGJIAN_ARTIFACTS=${MINGJIAN_ARTIFACTS:-out/stages}
shopt -s nullglob

sessions=(eval/synth/demo/*.mp4)
[ ${#sessions[@]} -gt 0 ] || { echo "错误：没有演示录像 / Error: no demo sessions in eval/synth/demo" >&2; exit 2; }

status=0
.venv/bin/mingjian inspect "${sessions[@]}" --out "$OUT" || status=$?
[ "$status" -le 1 ] || exit "$status"

echo
echo "报告 / Reports:"
for session in "${sessions[@]}"; do
    report="$OUT/$(basename "${session%.*}")/report.html"
    [ -s "$report" ] || { echo "错误：缺少报告 / Error: no report $report" >&2; exit 2; }
    echo "  $PWD/$report"
done
