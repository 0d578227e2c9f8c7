# SPDX-License-Identifier: Apache-2.0
"""System libraries, found by pkg-config, as cc_library targets."""

def _pkg_config(ctx, pkg_config, arguments, module):
    result = ctx.execute([pkg_config] + arguments + [module])
    if result.return_code:
        fail("{} >= {} not found: install {} (pkg-config says: {})".format(
            module,
            ctx.attr.min_version,
            ctx.attr.package,
            " ".join(result.stderr.split("\n")).strip(),
        ))
    return [word for word in result.stdout.replace("\n", " ").split(" ") if word]

def _library(name, defines, includes, linkopts):
    return """
cc_library(
    name = {name},
    hdrs = glob({headers}),
    defines = {defines},
    includes = {includes},
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
""".format(
        name = repr(name),
        defines = repr(defines),
        headers = repr([folder + "/**/*.h" for folder in includes]),
        includes = repr(includes),
        linkopts = repr(linkopts),
    )

def _link_includes(ctx, name, cflags):
    """Folders of headers that the compiler does not know by itself, linked to from here."""
    includes = []
    for folder in [flag[2:] for flag in cflags if flag.startswith("-I")]:
        includes.append("{}_include{}".format(name, len(includes)))
        ctx.symlink(folder, includes[-1])
    return includes

def _pkg_config_repository_impl(ctx):
    pkg_config = ctx.which("pkg-config")
    if not pkg_config:
        fail("pkg-config not found: install pkg-config")
    targets = []
    for name, module in ctx.attr.modules.items():
        _pkg_config(ctx, pkg_config, ["--print-errors", "--atleast-version=" + ctx.attr.min_version], module)
        cflags = _pkg_config(ctx, pkg_config, ["--cflags"], module)
        defines = [flag[2:] for flag in cflags if flag.startswith("-D")]
        linkopts = _pkg_config(ctx, pkg_config, ["--libs"] + (["--static"] if ctx.attr.static else []), module)
        targets.append(_library(name, defines, _link_includes(ctx, name, cflags), linkopts))
    ctx.file("BUILD.bazel", "".join(targets))

pkg_config_repository = repository_rule(
    implementation = _pkg_config_repository_impl,
    doc = "One cc_library for each pkg-config module. Fails, naming the package to install, when a module is missing or old.",
    attrs = {
        "min_version": attr.string(mandatory = True, doc = "Oldest version that is known to work."),
        "modules": attr.string_dict(mandatory = True, doc = "Target name: pkg-config module."),
        "package": attr.string(mandatory = True, doc = "What to install, in Debian's words."),
        "static": attr.bool(doc = "Also name the libraries that a static link needs."),
    },
    environ = ["PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR"],
    # Looks at the machine: look again with each new Bazel server.
    local = True,
)
