#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What Bazel may tell actions about the workspace (--workspace_status_command). Only //tests/sim:commit reads it, so that a new
# commit re-runs one small test and leaves everything else cached.
commit=$(git rev-parse HEAD 2>/dev/null) || commit=unknown
echo "STABLE_SCXX_COMMIT $commit"
