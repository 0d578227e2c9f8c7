#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures the source tree itself, not Bazel's copy of it.
set -euo pipefail
workspace=${BUILD_WORKSPACE_DIRECTORY:-$(dirname "$(realpath WORKSPACE)")}
exec python3 -B tools/lint/house.py --root "$workspace" "$@"
