# SPDX-License-Identifier: Apache-2.0
"""A kernel with sched_ext to boot in tests and demos: @test_kernel//:vmlinuz, :config and :version.

SCXX_KERNEL=/path/vmlinuz chooses the image, SCXX_KERNEL=host the one that this machine booted. Otherwise it is the newest
cloud kernel in Debian's backports that has sched_ext; where none can be fetched, the host's, if that has it.

The repository loads without any kernel, so that what needs none still builds; only using :vmlinuz then fails.
:vmlinuz_if_any is empty then, for programs that can do with or without.

@kernel_7_2 and its like are the archive's newest of a series, whatever it can do, for //tests/matrix. Nothing else fetches
them. :files is vmlinuz and version, or reason.txt alone, a line that says why there is none.
"""

_OUTPUTS = ["vmlinuz", "config", "version"]

_FOUND = """exports_files(
    {outputs},
    visibility = ["//visibility:public"],
)

filegroup(
    name = "vmlinuz_if_any",
    srcs = ["vmlinuz"],
    visibility = ["//visibility:public"],
)

filegroup(
    name = "files",
    srcs = ["version", "vmlinuz"],
    visibility = ["//visibility:public"],
)
"""

_MISSING = """genrule(
    name = "missing",
    outs = {outputs},
    cmd = "cat $(location reason.txt) >&2; exit 1",
    srcs = ["reason.txt"],
    visibility = ["//visibility:public"],
)

filegroup(
    name = "vmlinuz_if_any",
    visibility = ["//visibility:public"],
)

filegroup(
    name = "files",
    srcs = ["reason.txt"],
    visibility = ["//visibility:public"],
)
"""

def _find_kernel(ctx, choice):
    find = ctx.path(Label("//third_party/test_kernel:find_kernel.sh"))
    fetch = ctx.path(Label("//third_party/debian:fetch.sh"))
    result = ctx.execute([find, fetch, choice])
    if result.return_code:
        ctx.file("reason.txt", result.stderr.strip().split("\n")[-1] + "\n")
    template = _MISSING if result.return_code else _FOUND
    ctx.file("BUILD.bazel", template.format(outputs = _OUTPUTS))

def _test_kernel_repository_impl(ctx):
    _find_kernel(ctx, ctx.os.environ.get("SCXX_KERNEL", ""))

test_kernel_repository = repository_rule(
    implementation = _test_kernel_repository_impl,
    doc = "@test_kernel//:vmlinuz, :config and :version.",
    environ = ["SCXX_DEBIAN_MIRROR", "SCXX_KERNEL"],
)

def _archive_kernel_repository_impl(ctx):
    _find_kernel(ctx, "debian:{}:{}".format(ctx.attr.series, ctx.attr.flavour))

_archive_kernel_repository = repository_rule(
    implementation = _archive_kernel_repository_impl,
    attrs = {
        "flavour": attr.string(values = ["cloud", "rt"]),
        "series": attr.string(),
    },
    environ = ["SCXX_DEBIAN_MIRROR"],
)

# The kernels of //tests/matrix: repository, series, flavour.
_ARCHIVE_KERNELS = [
    ("kernel_6_19", "6.19", "cloud"),
    ("kernel_7_0", "7.0", "cloud"),
    ("kernel_7_1", "7.1", "cloud"),
    ("kernel_7_2", "7.2", "cloud"),
    ("kernel_7_3", "7.3", "cloud"),
    ("kernel_7_3_rt", "7.3", "rt"),
]

def archive_kernels():
    """Declares @kernel_7_3 and its like."""
    for name, series, flavour in _ARCHIVE_KERNELS:
        _archive_kernel_repository(name = name, flavour = flavour, series = series)
