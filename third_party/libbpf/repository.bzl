# SPDX-License-Identifier: Apache-2.0
"""libbpf from its source in Debian's archive, pinned by hash, built by Bazel."""

# To update: the new version's name and `sha256sum` of its .orig.tar.gz, then //third_party/... and the kernel tests.
LIBBPF_VERSION = "1.7.0"
_SHA256 = "7ab5feffbf78557f626f2e3e3204788528394494715a30fc2070fcddc2051b7b"
_POOL_PATH = "pool/main/libb/libbpf/libbpf_{}.orig.tar.gz".format(LIBBPF_VERSION)

def _libbpf_repository_impl(ctx):
    archive = ctx.os.environ.get("SCXX_LIBBPF", "")
    if not archive:
        archive = "libbpf.tar.gz"
        fetch = ctx.path(Label("//third_party/debian:fetch.sh"))
        result = ctx.execute([fetch, "file", _POOL_PATH, _SHA256, archive])
        if result.return_code:
            fail("libbpf {} not fetched: {}. Or set SCXX_LIBBPF to a copy of its source archive.".format(
                LIBBPF_VERSION,
                result.stderr.strip().split("\n")[-1],
            ))

    # Not ctx.extract: Debian 13's Bazel crashes in it.
    result = ctx.execute(["tar", "-xf", archive, "--strip-components=1"])
    if result.return_code:
        fail("libbpf not unpacked from {}: {}".format(archive, result.stderr.strip()))

    # Users include <bpf/libbpf.h>, as if it were installed.
    ctx.symlink("src", "bpf")
    ctx.symlink(Label("//third_party/libbpf:libbpf.BUILD"), "BUILD.bazel")

libbpf_repository = repository_rule(
    implementation = _libbpf_repository_impl,
    doc = "@libbpf//:libbpf for user space and @libbpf//:bpf_headers for BPF programs.",
    environ = ["SCXX_DEBIAN_MIRROR", "SCXX_LIBBPF"],
)
