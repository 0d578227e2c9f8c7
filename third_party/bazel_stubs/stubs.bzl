# SPDX-License-Identifier: Apache-2.0
"""Local stand-ins for repositories that Bazel would otherwise download, even for an empty workspace.

Bazel 4 has the C++ and Java rules built in; these repositories only have to give them their usual names.
"""

_PUBLIC = """package(default_visibility = ["//visibility:public"])
"""

_CC_RULES = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "fdo_prefetch_hints",
    "fdo_profile",
    "objc_import",
    "objc_library",
]

_JAVA_RULES = [
    "java_binary",
    "java_import",
    "java_library",
    "java_lite_proto_library",
    "java_package_configuration",
    "java_plugin",
    "java_proto_library",
    "java_runtime",
    "java_test",
    "java_toolchain",
]

_TOOLCHAIN_TYPE = """alias(
    name = "toolchain_type",
    actual = "@bazel_tools//tools/{kind}:toolchain_type",
)
"""

_COVERAGE = """[
    sh_binary(
        name = name,
        srcs = ["unavailable.sh"],
    )
    for name in [
        "coverage_report_generator",
        "Main",
        "lcov_merger",
    ]
]

alias(
    name = "coverage_output_generator",
    actual = ":Main",
)
"""

_BZL_LIBRARY = """def bzl_library(name, **_):
    native.filegroup(name = name)
"""

def _native(rules):
    return "".join(["{0} = native.{0}\n".format(rule) for rule in rules])

def _stub_impl(ctx):
    for path, content in ctx.attr.files.items():
        ctx.file(path, content, executable = path.endswith(".sh"))

_stub = repository_rule(
    implementation = _stub_impl,
    attrs = {"files": attr.string_dict(doc = "Path: content.")},
)

def bazel_stubs():
    """Declares the stand-ins, unless the workspace brings its own."""
    stubs = {
        "rules_cc": {
            "BUILD.bazel": "",
            "cc/BUILD.bazel": _PUBLIC + _TOOLCHAIN_TYPE.format(kind = "cpp"),
            "cc/defs.bzl": _native(_CC_RULES),
        },
        "rules_java": {
            "BUILD.bazel": "",
            "java/BUILD.bazel": _PUBLIC,
            "java/defs.bzl": _native(_JAVA_RULES),
        },
        # Bazel 7's own packages load these two.
        "bazel_skylib": {
            "BUILD.bazel": "",
            "bzl_library.bzl": _BZL_LIBRARY,
            "toolchains/BUILD.bazel": "",
        },
        "rules_python": {
            "BUILD.bazel": "",
            "python/BUILD.bazel": "",
            "python/defs.bzl": _native(["py_binary", "py_library", "py_test"]),
        },
        "remote_coverage_tools": {
            "BUILD.bazel": _PUBLIC + _COVERAGE,
            "unavailable.sh": "#!/bin/sh\necho 'bazel coverage is not available in this workspace' >&2\nexit 1\n",
        },
    }
    for name, files in stubs.items():
        if not native.existing_rule(name):
            _stub(name = name, files = files)
