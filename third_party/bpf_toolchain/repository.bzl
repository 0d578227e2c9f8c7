# SPDX-License-Identifier: Apache-2.0
"""The tools that turn BPF C into an object and a skeleton: clang, llvm-strip and bpftool, as labels.

Each is the user's choice (SCXX_CLANG, SCXX_LLVM_STRIP, SCXX_BPFTOOL) or the first found on this machine.
"""

# clang 14 emits forward declarations that break kfunc resolution; 19 is what the tests ran with.
_LLVM_VERSIONS = ["19", "20", "21", "22", "18"]

def _first(ctx, names, folders):
    for name in names:
        for candidate in [ctx.path(folder + "/" + name) for folder in folders] + [ctx.which(name)]:
            if candidate and candidate.exists and not ctx.execute([candidate, "--version"]).return_code:
                return candidate
    return None

def _tool(ctx, name, variable, candidates, cure, folders = []):
    chosen = ctx.os.environ.get(variable, "")
    tool = ctx.path(chosen) if chosen.startswith("/") else _first(ctx, [chosen] if chosen else candidates, folders)
    if not tool or not tool.exists:
        fail("{} not found{}: {}, or set {} to one.".format(
            name,
            " at " + chosen if chosen else "",
            cure,
            variable,
        ))
    ctx.symlink(tool, name)

def _ubuntu_tool_folders(ctx):
    """Ubuntu's /usr/sbin/bpftool runs only under the kernel it came with; the real ones stand here, one a kernel."""
    result = ctx.execute(["sh", "-c", "ls -d /usr/lib/linux-tools*/* | sort -rV"])
    return [folder for folder in result.stdout.split("\n") if folder]

def _bpf_toolchain_impl(ctx):
    _tool(
        ctx,
        "clang",
        "SCXX_CLANG",
        ["clang-" + version for version in _LLVM_VERSIONS],
        "install clang-19",
    )
    _tool(
        ctx,
        "llvm-strip",
        "SCXX_LLVM_STRIP",
        ["llvm-strip-" + version for version in _LLVM_VERSIONS],
        "install llvm-19",
    )
    _tool(
        ctx,
        "bpftool",
        "SCXX_BPFTOOL",
        ["bpftool"],
        "install bpftool (Ubuntu: linux-tools-generic)",
        # An ordinary user's PATH has no sbin.
        folders = _ubuntu_tool_folders(ctx) + ["/usr/sbin", "/usr/local/sbin"],
    )
    ctx.file("BUILD.bazel", """
exports_files(
    ["bpftool", "clang", "llvm-strip"],
    visibility = ["//visibility:public"],
)
""")

bpf_toolchain_repository = repository_rule(
    implementation = _bpf_toolchain_impl,
    doc = "@bpf_toolchain//:clang, :llvm-strip and :bpftool. Fails, naming the cure, when one is missing.",
    environ = ["PATH", "SCXX_BPFTOOL", "SCXX_CLANG", "SCXX_LLVM_STRIP"],
    local = True,
)
