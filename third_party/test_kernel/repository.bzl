# SPDX-License-Identifier: Apache-2.0
"""A kernel with sched_ext to boot in tests and demos: @test_kernel//:vmlinuz, :config and :version.

SCXX_KERNEL=/path/vmlinuz chooses the image, SCXX_KERNEL=host the one that this machine booted. Otherwise it is the newest
cloud kernel in Debian's backports that has sched_ext; where none can be fetched, the host's, if that has it.

The repository loads without any kernel, so that what needs none still builds; only using :vmlinuz then fails.
:vmlinuz_if_any is empty then, for programs that can do with or without.
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
"""

def _kernel_repository_impl(ctx):
    find = ctx.path(Label("//third_party/test_kernel:find_kernel.sh"))
    fetch = ctx.path(Label("//third_party/debian:fetch.sh"))
    result = ctx.execute([find, fetch, ctx.os.environ.get("SCXX_KERNEL", "")])
    if result.return_code:
        ctx.file("reason.txt", result.stderr.strip().split("\n")[-1] + "\n")
    template = _MISSING if result.return_code else _FOUND
    ctx.file("BUILD.bazel", template.format(outputs = _OUTPUTS))

test_kernel_repository = repository_rule(
    implementation = _kernel_repository_impl,
    doc = "@test_kernel//:vmlinuz, :config and :version.",
    environ = ["SCXX_DEBIAN_MIRROR", "SCXX_KERNEL"],
)
