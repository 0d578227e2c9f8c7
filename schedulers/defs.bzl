# SPDX-License-Identifier: Apache-2.0
"""A scheduler package in a few lines.

    load("@scxx//schedulers:defs.bzl", "scheduler")     # here: "//schedulers:defs.bzl"

    scheduler(
        name = "fifo",     # fifo_policy.h, fifo_policy.cc, fifo_policy_test.cc, fifo_main.cc
    )

makes, from files named after it:

    fifo               the program: static, started by `bazel run`, also without privileges (in a virtual machine)
    fifo_policy        its policy as a library, for tests and other programs
    fifo_policy_test   the policy's own test
    fifo_cli_test      the program's command line: what it refuses, and how
    fifo_kernel_test   the program on a real kernel: attach, every way to end, what it refuses
    fifo_vm_test       the program as a newcomer starts it: in a virtual machine, under a demo load
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//tools/vm:defs.bzl", "kernel_test")

# What policies are made of. A policy sees nothing of the framework but these.
_POLICY_DEPS = [
    Label("//framework/base:cpu"),
    Label("//framework/base:cpu_set"),
    Label("//framework/base:duration"),
    Label("//framework/base:task_id"),
    Label("//framework/base:units"),
    Label("//framework/base:weight"),
    Label("//framework/policy"),
    Label("//framework/policy:task_list"),
    Label("//framework/topology"),
    Label("//third_party/absl:span"),
    Label("//third_party/absl:status"),
    Label("//third_party/absl:statusor"),
    Label("//third_party/absl:strings"),
    Label("//third_party/absl:time"),
]

_TEST_DEPS = _POLICY_DEPS + [
    Label("//framework/policy/testing:policy_driver"),
    Label("//third_party/googletest:gtest_main"),
]

_MAIN_DEPS = [
    Label("//framework/app:options"),
    Label("//framework/app:run_scheduler"),
    Label("//framework/policy"),
    Label("//third_party/absl:flags"),
    Label("//third_party/absl:status"),
    Label("//third_party/absl:statusor"),
    Label("//third_party/absl:time"),
]

# What the program needs to start itself in a virtual machine.
_VM_DATA = [
    Label("//third_party/test_kernel:vmlinuz_if_any"),
    Label("//tools/load"),
    Label("//tools/vm"),
]

def scheduler(name, policy_deps = [], main_deps = [], test_deps = [], visibility = None):
    """A scheduler from NAME_policy.h, NAME_policy.cc (if there is one), NAME_policy_test.cc and NAME_main.cc.

    Args:
      name: The program.
      policy_deps: What the policy uses besides framework/base, framework/policy, framework/topology and Abseil's basics.
      main_deps: What the main program uses besides framework/app.
      test_deps: What the policy's test uses besides the policy driver and GoogleTest.
      visibility: Of the program and the policy.
    """
    policy = name + "_policy"
    cc_library(
        name = policy,
        srcs = native.glob([policy + ".cc"]),
        hdrs = [policy + ".h"],
        visibility = visibility,
        deps = _POLICY_DEPS + policy_deps,
    )
    cc_test(
        name = policy + "_test",
        size = "small",
        srcs = [policy + "_test.cc"],
        deps = [":" + policy] + _TEST_DEPS + test_deps,
    )
    cc_binary(
        name = name,
        srcs = [name + "_main.cc"],
        data = _VM_DATA,
        # Nothing is there in a small virtual machine; and nothing can be missing at run time.
        linkopts = ["-static"],
        linkstatic = True,
        visibility = visibility,
        deps = [":" + policy] + _MAIN_DEPS + main_deps,
    )
    _program_test(name, "cli_test", tags = [])
    _program_test(name, "vm_test", tags = ["kernel"])
    _kernel_test(name, "kernel_test", "-Isolated.*", cpus = 2)
    _kernel_test(name, "isolated_kernel_test", "Isolated.*", cpus = 2, append = "isolcpus=1")

def _kernel_test(name, kind, filter, **kwargs):
    kernel_test(
        name = "{}_{}".format(name, kind),
        args = ["/bin/" + name, "--gtest_filter=" + filter],
        binaries = [":" + name],
        test = Label("//schedulers/testing:program_kernel_test"),
        **kwargs
    )

def _program_test(name, kind, tags):
    native.sh_test(
        name = "{}_{}".format(name, kind),
        size = "medium",
        srcs = [Label("//schedulers/testing:{}.sh".format(kind))],
        args = ["$(rootpath :{})".format(name)],
        data = [":" + name],
        # A static program cannot have a sanitizer's runtime.
        tags = tags + ["no-sanitizer"],
    )
