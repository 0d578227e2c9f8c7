#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Lints the source tree itself, not Bazel's copy of it, so that a new file is seen before any BUILD file names it.
set -euo pipefail
workspace=${BUILD_WORKSPACE_DIRECTORY:-$(dirname "$(realpath WORKSPACE)")}
exec python3 -B tools/lint/lint.py --root "$workspace" "$@"
