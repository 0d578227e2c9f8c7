#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd tools/lint
exec python3 -B rules_test.py
