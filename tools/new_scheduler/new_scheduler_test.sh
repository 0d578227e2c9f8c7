#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd tools/new_scheduler
exec python3 -B new_scheduler_test.py
