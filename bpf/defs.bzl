# SPDX-License-Identifier: Apache-2.0
"""Rules that build BPF programs: C to object, object to C++ skeleton.

Example, here or in a workspace of your own (third_party/deps.bzl says how to depend on scxx):

    load("@scxx//bpf:defs.bzl", "bpf_object", "bpf_skeleton")

    bpf_object(
        name = "probe_object",
        srcs = ["probe.bpf.c"],
        hdrs = ["wire.h"],
    )

    bpf_skeleton(
        name = "probe_skeleton",     # deps = [":probe_skeleton"], #include "your/package/probe.skel.h"
        object = ":probe_object",    # struct probe, probe__open(), probe__load(), ...
    )
"""

# CPU in Bazel's words: in the words of bpf_tracing.h, and where <linux/bpf.h> finds its <asm/types.h>.
_ARCHITECTURES = {
    "aarch64": ("arm64", "aarch64-linux-gnu"),
    "k8": ("x86", "x86_64-linux-gnu"),
    "x86_64": ("x86", "x86_64-linux-gnu"),
}

_COPTS = ["-target", "bpf", "-mcpu=v3", "-g", "-O2", "-Wall", "-Werror"]

def _include_flags(context):
    return (
        ["-iquote" + path for path in context.quote_includes.to_list()] +
        ["-I" + path for path in context.includes.to_list()] +
        ["-isystem" + path for path in context.system_includes.to_list()] +
        ["-D" + define for define in context.defines.to_list()]
    )

def _architecture_flags(ctx):
    cpu = ctx.var["TARGET_CPU"]
    if cpu not in _ARCHITECTURES:
        fail("bpf_object knows no BPF architecture for CPU {}: add it to _ARCHITECTURES".format(cpu))
    architecture, triple = _ARCHITECTURES[cpu]
    return ["-D__TARGET_ARCH_" + architecture, "-idirafter/usr/include/" + triple]

def _bpf_object_impl(ctx):
    if len(ctx.files.srcs) != 1:
        fail("a bpf_object is compiled from one .bpf.c file; put what it includes in hdrs", "srcs")
    context = cc_common.merge_cc_infos(
        cc_infos = [dep[CcInfo] for dep in ctx.attr.deps + [ctx.attr._bpf_headers]],
    ).compilation_context
    output = ctx.actions.declare_file(ctx.attr.object_name + ".bpf.o")

    arguments = ctx.actions.args()
    arguments.add_all(_COPTS)
    arguments.add_all(_architecture_flags(ctx))
    arguments.add_all(_include_flags(context))
    arguments.add_all(ctx.attr.copts)
    arguments.add("-c", ctx.files.srcs[0])

    # Without its DWARF the object, and so the skeleton, is a tenth of the size. BTF stays.
    ctx.actions.run_shell(
        outputs = [output],
        inputs = depset(ctx.files.srcs + ctx.files.hdrs, transitive = [context.headers]),
        tools = [ctx.executable._clang, ctx.executable._llvm_strip],
        command = 'clang=$1 strip=$2 out=$3; shift 3; "$clang" "$@" -o "$out" && "$strip" -g "$out"',
        arguments = [ctx.executable._clang.path, ctx.executable._llvm_strip.path, output.path, arguments],
        mnemonic = "BpfCompile",
        progress_message = "Compiling BPF object %s" % output.short_path,
    )
    return [DefaultInfo(files = depset([output]), runfiles = ctx.runfiles([output]))]

_bpf_object = rule(
    implementation = _bpf_object_impl,
    attrs = {
        "copts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "hdrs": attr.label_list(allow_files = [".h"]),
        "object_name": attr.string(mandatory = True),
        "srcs": attr.label_list(allow_files = [".bpf.c"], mandatory = True),
        "_bpf_headers": attr.label(default = Label("@libbpf//:bpf_headers"), providers = [CcInfo]),
        "_clang": attr.label(
            default = Label("@bpf_toolchain//:clang"),
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
        "_llvm_strip": attr.label(
            default = Label("@bpf_toolchain//:llvm-strip"),
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
    },
)

def bpf_object(name, srcs, hdrs = [], deps = [], copts = [], **kwargs):
    """Compiles one BPF program into NAME.bpf.o (a trailing `_object` of the name is dropped).

    Includes are found from the workspace root, and libbpf's <bpf/bpf_helpers.h> and its siblings are always there.

    Args:
      name: The target; `foo` and `foo_object` both make foo.bpf.o.
      srcs: One .bpf.c file.
      hdrs: Headers that only this object uses.
      deps: cc_library targets whose headers it shares with C++ code.
      copts: Further options for clang.
      **kwargs: visibility, tags, testonly.
    """
    _bpf_object(
        name = name,
        srcs = srcs,
        hdrs = hdrs,
        copts = copts,
        object_name = _stem(name, "_object"),
        deps = deps,
        **kwargs
    )

def _bpf_skeleton_header_impl(ctx):
    # The header is bpftool's: exempt it from our warnings, and let it stand alone.
    lines = ["#pragma GCC system_header"] + ['#include "%s"' % header for header in ctx.attr.includes]
    ctx.actions.run_shell(
        outputs = [ctx.outputs.out],
        inputs = [ctx.file.object],
        tools = [ctx.executable._bpftool],
        # An old bpftool's libbpf reports sections that it does not know; ours does know them.
        command = '''(echo "$1" && "$2" gen skeleton "$3" name "$4") >"$5" 2>"$5.log" || { cat "$5.log" >&2; exit 1; }''',
        arguments = [
            "\n".join(lines),
            ctx.executable._bpftool.path,
            ctx.file.object.path,
            ctx.attr.struct,
            ctx.outputs.out.path,
        ],
        mnemonic = "BpfSkeleton",
        progress_message = "Generating BPF skeleton %s" % ctx.outputs.out.short_path,
    )

_bpf_skeleton_header = rule(
    implementation = _bpf_skeleton_header_impl,
    attrs = {
        "includes": attr.string_list(),
        "object": attr.label(allow_single_file = [".bpf.o"], mandatory = True),
        "out": attr.output(mandatory = True),
        "struct": attr.string(mandatory = True),
        "_bpftool": attr.label(
            default = Label("@bpf_toolchain//:bpftool"),
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
    },
)

def bpf_skeleton(name, object, includes = [], deps = [], **kwargs):
    """A cc_library whose header, STEM.skel.h, embeds a BPF object and declares `struct STEM`.

    Args:
      name: The library; STEM is the name without a trailing `_skeleton`.
      object: The bpf_object.
      includes: Headers that declare the types of the program's global variables, as an #include names them.
      deps: The libraries of these headers.
      **kwargs: visibility, tags, testonly, as for cc_library.
    """
    stem = _stem(name, "_skeleton")
    header = stem + ".skel.h"
    _bpf_skeleton_header(
        name = name + "_header",
        out = header,
        includes = includes,
        object = object,
        struct = stem,
        tags = kwargs.get("tags", []),
        testonly = kwargs.get("testonly", False),
        visibility = ["//visibility:private"],
    )
    native.cc_library(
        name = name,
        hdrs = [header],
        deps = deps + [Label("//third_party/libbpf")],
        **kwargs
    )

def _stem(name, suffix):
    return name[:-len(suffix)] if name.endswith(suffix) else name
