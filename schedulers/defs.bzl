# SPDX-License-Identifier: Apache-2.0
"""A scheduler package in a few lines.

    load("@scxx//schedulers:defs.bzl", "scheduler")     # here: "//schedulers:defs.bzl"

    scheduler(
        name = "fifo",     # fifo_policy.h, fifo_policy.cc, fifo_policy_test.cc, fifo_program.cc
    )

makes, from files named after it:

    fifo               the program: static, started by `bazel run`, also without privileges (in a virtual machine)
    fifo_policy        its policy as a library, for tests and other programs
    fifo_program       the scheduler as a library: all but main(), for a scheduler_bundle
    fifo_policy_test   the policy's own test
    fifo_conformance_test  what every policy must do, on a simulated machine (schedulers/testing/conformance.h)
    fifo_cli_test      the program's command line: what it refuses, and how
    fifo_kernel_test   the program on a real kernel: it schedules, outlives a hotplug and ends when told to
    fifo_files         the package's files, for tools

and with every_ending = True

    fifo_kernel_test   also every other way to end, and what the program refuses
    fifo_isolated_kernel_test  the same for a machine with isolated CPUs
    fifo_vm_test       the program as a newcomer starts it: in a virtual machine, under a demo load

`bazel run //tools:new_scheduler -- NAME` writes such a package. scheduler_bundle makes one program of several.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//tools/vm:defs.bzl", "kernel_test")

# What policies are made of. A policy sees nothing of the framework but these.
_POLICY_DEPS = [
    Label("//framework/base"),
    Label("//framework/policy"),
    Label("//framework/topology"),
    Label("//third_party/absl:span"),
    Label("//third_party/absl:status"),
    Label("//third_party/absl:statusor"),
    Label("//third_party/absl:strings"),
    Label("//third_party/absl:time"),
]

_TEST_DEPS = _POLICY_DEPS + [
    Label("//framework/policy/testing"),
    Label("//third_party/googletest:gtest_main"),
]

_PROGRAM_DEPS = [
    Label("//framework/app"),
    Label("//framework/app:options"),
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

# Of program_kernel_test: what depends on the policy, or would show that it does.
_POLICY_CASES = "*TheDurationDetachesCleanly:*SurvivesHotplug:*SignalTest*/0"

def scheduler(name, policy_deps = [], program_deps = [], test_deps = [], every_ending = False, visibility = None):
    """A scheduler from NAME_policy.h, NAME_policy.cc (if there is one), NAME_policy_test.cc and NAME_program.cc.

    Args:
      name: The program.
      policy_deps: What the policy uses besides framework/base, framework/policy, framework/topology and Abseil's basics.
      program_deps: What NAME_program.cc uses besides framework/app.
      test_deps: What the policy's test uses besides the policy driver and GoogleTest.
      every_ending: Try all that a program does around its policy. It is the framework's work and the same for each
        scheduler, so one of a tree is enough; here that is fifo.
      visibility: Of the program and the two libraries.
    """
    native.filegroup(
        name = name + "_files",
        srcs = native.glob(["*"]),
        visibility = visibility,
    )
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
    program = name + "_program"
    cc_library(
        name = program,
        srcs = [program + ".cc"],
        visibility = visibility,
        deps = [":" + policy] + _PROGRAM_DEPS + program_deps,
        alwayslink = True,  # it registers itself; nobody calls it
    )
    cc_test(
        name = name + "_conformance_test",
        size = "medium",
        deps = [
            ":" + program,
            Label("//schedulers/testing:policy_conformance_test"),
        ],
        # A second optimised, a minute under a sanitizer.
        tags = ["no-sanitizer"],
    )
    _program_binary(name, Label("//framework/app:scheduler_main"), [":" + program], visibility)
    _program_test(name, "cli_test", tags = [])
    _kernel_test(name, "kernel_test", "-Isolated.*" if every_ending else _POLICY_CASES, cpus = 2)
    if every_ending:
        _program_test(name, "vm_test", tags = ["kernel"])
        _kernel_test(name, "isolated_kernel_test", "Isolated.*", cpus = 2, append = "isolcpus=1")

def scheduler_bundle(name, programs, visibility = None):
    """A program that is any of several schedulers, as --policy says.

    Args:
      name: The program.
      programs: Labels of libraries NAME_program, as `scheduler` makes them.
      visibility: Of the program.
    """
    _program_binary(name, Label("//framework/app:chooser_main"), programs, visibility)

def _program_binary(name, main, programs, visibility):
    cc_binary(
        name = name,
        data = _VM_DATA,
        # Nothing is there in a small virtual machine; and nothing can be missing at run time.
        linkopts = ["-static"],
        linkstatic = True,
        visibility = visibility,
        deps = programs + [main],
    )

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
