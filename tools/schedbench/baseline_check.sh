#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The short comparison with the baseline. After a change that is meant to cost more, or for another kernel or compiler:
#
#   bazel run //tools/schedbench -- --update --baseline=tools/schedbench/baselines/short.csv FLAGS    # those below
#
# Usage: baseline_check SCHEDBENCH BASELINE
set -eu

exec "$1" --check --baseline="$2" --schedulers=fifo,vruntime --workloads=pipe_pairs_4,ping_pong,yield_8 --seeds=2
