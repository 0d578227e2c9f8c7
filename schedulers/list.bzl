# SPDX-License-Identifier: Apache-2.0
"""The schedulers of this workspace: //schedulers/NAME, its alias //schedulers:NAME, and a --policy of //schedulers:scxx."""

# Sorted. tools/new_scheduler adds a line.
SCHEDULERS = [
    "fifo",
    "latency",
    "skeleton",
    "vruntime",
]
