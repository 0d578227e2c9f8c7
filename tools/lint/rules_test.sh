#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd tools/lint
python3 -B rules_test.py
python3 -B house_test.py
