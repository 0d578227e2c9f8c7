# SPDX-License-Identifier: Apache-2.0
"""Every external repository of scxx, for its own WORKSPACE and for those of schedulers kept elsewhere.

Usage, in the WORKSPACE of a scheduler package outside this tree:

    local_repository(name = "scxx", path = "/where/scxx/is")
    load("@scxx//third_party:deps.bzl", "scxx_dependencies")
    scxx_dependencies()
"""

load("//third_party/absl:absl.bzl", "ABSL_MODULES")
load("//third_party/bazel_stubs:stubs.bzl", "bazel_stubs")
load("//third_party/bpf_toolchain:repository.bzl", "bpf_toolchain_repository")
load("//third_party/libbpf:repository.bzl", "libbpf_repository")
load("//third_party/pkg_config:repository.bzl", "pkg_config_repository")
load("//third_party/test_kernel:repository.bzl", "archive_kernels", "test_kernel_repository")

def scxx_dependencies():
    """Declares all of them. Nothing is fetched before a target needs it."""
    bazel_stubs()
    bpf_toolchain_repository(name = "bpf_toolchain")
    libbpf_repository(name = "libbpf")
    test_kernel_repository(name = "test_kernel")
    archive_kernels()
    pkg_config_repository(
        name = "system_absl",
        min_version = "20220623",
        modules = ABSL_MODULES,
        package = "libabsl-dev",
    )
    pkg_config_repository(
        name = "system_googletest",
        min_version = "1.12.1",
        modules = {"gtest": "gmock", "gtest_main": "gmock_main"},
        package = "libgtest-dev and libgmock-dev",
    )
    pkg_config_repository(
        name = "system_benchmark",
        min_version = "1.7.1",
        modules = {"benchmark": "benchmark"},
        package = "libbenchmark-dev",
    )
    pkg_config_repository(
        name = "system_jsoncpp",
        min_version = "1.9.5",
        modules = {"jsoncpp": "jsoncpp"},
        package = "libjsoncpp-dev",
    )
    pkg_config_repository(
        name = "system_libelf",
        min_version = "0.188",
        modules = {"libelf": "libelf"},
        package = "libelf-dev",
        static = True,
    )
    pkg_config_repository(
        name = "system_zlib",
        min_version = "1.2.11",
        modules = {"zlib": "zlib"},
        package = "zlib1g-dev",
    )
    pkg_config_repository(
        name = "system_zstd",
        min_version = "1.4.8",
        modules = {"zstd": "libzstd"},
        package = "libzstd-dev",
    )
