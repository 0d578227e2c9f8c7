#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs new_scheduler.py: py_binary wants a `python` that Debian does not have.
set -euo pipefail
exec python3 -B tools/new_scheduler/new_scheduler.py "$@"
