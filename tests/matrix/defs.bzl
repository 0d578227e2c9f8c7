# SPDX-License-Identifier: Apache-2.0
"""The arguments of matrix.sh."""

def matrix_row(name, folder, expected, words = ""):
    """A kernel and what it is expected to do.

    Args:
      name: what the table says where there is no such kernel.
      folder: where vmlinuz or reason.txt is, seen from this workspace's runfiles; ../kernel_7_3 for @kernel_7_3//:files.
      expected: how the outcome begins.
      words: for the kernel's command line.
    """
    return '"{}|{}|{}|{}"'.format(name, folder, words, expected)

_SCHEDULERS = ["//schedulers/fifo", "//schedulers/vruntime"]

def matrix(rule, name, rows, kernels, **kwargs):
    """A program or a test over rows.

    Args:
      rule: sh_binary or sh_test.
      name: of the target.
      rows: of matrix_row.
      kernels: labels of the rows' files.
      **kwargs: what the rule takes besides.
    """
    rule(
        name = name,
        srcs = ["matrix.sh"],
        args = [
            "$(rootpath //tools/vm)",
            "$(rootpath //tools/load)",
            "$(rootpath try_schedulers.sh)",
            ",".join(["$(rootpath {})".format(scheduler) for scheduler in _SCHEDULERS]),
        ] + rows,
        data = _SCHEDULERS + kernels + [
            "try_schedulers.sh",
            "//tools/load",
            "//tools/vm",
        ],
        **kwargs
    )
