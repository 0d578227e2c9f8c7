// SPDX-License-Identifier: Apache-2.0
//
// Topology::FromSysfs. Files used, all under ROOT/devices/system:
//   cpu/possible, cpu/online                     CPU lists
//   cpu/cpuN/topology/{core_cpus,package_cpus}_list, or by their older names
//   cpu/cpuN/topology/{thread,core}_siblings_list
//   cpu/cpuN/cache/indexI/{level,shared_cpu_list}
//   node/online, node/nodeN/cpulist

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "framework/base/cpu_set.h"
#include "framework/topology/cpu_list.h"
#include "framework/topology/topology.h"

namespace scxx {

class SysfsReader {
 public:
  explicit SysfsReader(const std::string& root)
      : system_(absl::StrCat(root, "/devices/system")), cpu_(absl::StrCat(system_, "/cpu")) {}

  absl::StatusOr<Topology> Read() {
    if (absl::Status status = ReadCpus(); !status.ok()) return status;
    topology_.nodes_ = Understood(ReadNodes(), "NUMA nodes", "one node", Together());
    topology_.llcs_ =
        Understood(ReadGroups("last-level cache", [this](CpuId cpu) { return ReadLlc(cpu); }),
                   "caches", "one cache a node", Together());
    topology_.llcs_ = CutAtNodes(topology_.llcs_);
    topology_.cores_ = Understood(ReadCores(), "cores", "one core a CPU", Apart());
    return std::move(topology_);
  }

  static absl::StatusOr<CpuSet> ReadList(const std::string& path) {
    absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    absl::StatusOr<CpuSet> set = ParseCpuList(*text);
    if (set.ok()) return set;
    return absl::Status(set.status().code(), absl::StrCat(path, ": ", set.status().message()));
  }

 private:
  static absl::StatusOr<std::string> ReadFile(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) {
      return absl::NotFoundError(absl::StrCat("cannot read ", path, ": is sysfs mounted?"));
    }
    return text.str();
  }

  // The first of two names that exists.
  static absl::StatusOr<CpuSet> ReadEitherList(const std::string& path,
                                               const std::string& old_path) {
    absl::StatusOr<CpuSet> set = ReadList(path);
    return absl::IsNotFound(set.status()) ? ReadList(old_path) : set;
  }

  std::string CpuPath(CpuId cpu, absl::string_view rest) const {
    return absl::StrCat(cpu_, "/cpu", cpu.value(), "/", rest);
  }

  absl::Status ReadCpus() {
    absl::StatusOr<CpuSet> possible = ReadList(absl::StrCat(cpu_, "/possible"));
    if (!possible.ok()) return possible.status();
    std::string online_path = absl::StrCat(cpu_, "/online");
    absl::StatusOr<CpuSet> online = ReadList(online_path);
    if (!online.ok()) return online.status();
    if (online->empty() || (*online & *possible) != *online) {
      return absl::InvalidArgumentError(
          absl::StrCat(online_path, ": CPUs are online that are not possible, or none is"));
    }
    topology_.online_ = *online;
    for (CpuId cpu : *possible) topology_.max_cpus_ = cpu.value() + 1;
    return absl::OkStatus();
  }

  // What was read, or else the simplest machine and a note.
  CpuGroups Understood(absl::StatusOr<CpuGroups> read, absl::string_view what,
                       absl::string_view simplest, const CpuGroups& assumed) {
    if (read.ok()) return *std::move(read);
    topology_.notes_.push_back(absl::StrCat("the machine's ", what, " are taken as ", simplest,
                                            ", because of ", read.status().message()));
    return assumed;
  }

  CpuGroups Together() const {
    CpuGroups groups;
    groups.Add(topology_.online_);
    return groups;
  }

  CpuGroups Apart() const {
    CpuGroups groups;
    for (CpuId cpu : topology_.online_) groups.Add(CpuSet::Only(cpu));
    return groups;
  }

  // Some processors divide a cache's CPUs into several nodes. The memory is what is further away.
  CpuGroups CutAtNodes(const CpuGroups& groups) const {
    CpuGroups cut;
    for (const CpuSet& set : groups.sets()) {
      for (const CpuSet& node : topology_.nodes_.sets()) {
        if (const CpuSet part = set & node; !part.empty()) cut.Add(part);
      }
    }
    return cut;
  }

  absl::StatusOr<CpuGroups> ReadCores() const {
    const auto read = [this](CpuId cpu) {
      return ReadEitherList(CpuPath(cpu, "topology/core_cpus_list"),
                            CpuPath(cpu, "topology/thread_siblings_list"));
    };
    absl::StatusOr<CpuGroups> cores = ReadGroups("core", read);
    if (!cores.ok()) return cores;
    for (const CpuSet& core : cores->sets()) {
      const CpuId cpu = core.First();
      if ((core & topology_.llcs_.Of(cpu)) == core) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(cpu_, ": CPU ", cpu.value(), "'s core has several caches"));
    }
    return cores;
  }

  // The CPUs that share `cpu`'s cache of the highest level; its package if no cache is described.
  absl::StatusOr<CpuSet> ReadLlc(CpuId cpu) const {
    int highest_level = 0;
    std::string llc;
    for (int index = 0;; ++index) {
      std::string cache = CpuPath(cpu, absl::StrCat("cache/index", index));
      absl::StatusOr<std::string> text = ReadFile(absl::StrCat(cache, "/level"));
      if (!text.ok()) break;
      int level;
      if (!absl::SimpleAtoi(*text, &level)) {
        return absl::InvalidArgumentError(
            absl::StrCat(cache, "/level: \"", *text, "\" is not a number"));
      }
      if (level > highest_level) {
        highest_level = level;
        llc = cache;
      }
    }
    if (!llc.empty()) return ReadList(absl::StrCat(llc, "/shared_cpu_list"));
    return ReadEitherList(CpuPath(cpu, "topology/package_cpus_list"),
                          CpuPath(cpu, "topology/core_siblings_list"));
  }

  // Every CPU of a group names the same group: the first one adds it, the others must agree.
  template <typename Read>
  absl::StatusOr<CpuGroups> ReadGroups(absl::string_view what, Read read) const {
    CpuGroups groups;
    for (CpuId cpu : topology_.online_) {
      const absl::StatusOr<CpuSet> all = read(cpu);
      if (!all.ok()) return all.status();
      const CpuSet set = *all & topology_.online_;
      const bool agrees = groups.IndexOf(cpu) >= 0 ? groups.Of(cpu) == set : groups.Add(set);
      if (agrees && set.Contains(cpu)) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          cpu_, ": the CPUs that share CPU ", cpu.value(), "'s ", what, " contradict each other"));
    }
    return groups;
  }

  absl::StatusOr<CpuGroups> ReadNodes() const {
    const absl::StatusOr<CpuSet> numbers = ReadList(absl::StrCat(system_, "/node/online"));
    if (absl::IsNotFound(numbers.status())) return Together();  // a kernel without NUMA
    if (!numbers.ok()) return numbers.status();
    CpuGroups nodes;
    for (CpuId node : *numbers) {  // node numbers have the same list format
      const std::string path = absl::StrCat(system_, "/node/node", node.value(), "/cpulist");
      const absl::StatusOr<CpuSet> cpus = ReadList(path);
      if (!cpus.ok()) return cpus.status();
      const CpuSet set = *cpus & topology_.online_;
      if (set.empty()) continue;  // memory-only nodes exist
      if (!nodes.Add(set)) {
        return absl::InvalidArgumentError(absl::StrCat(path, ": a CPU is on two nodes"));
      }
    }
    return EveryCpuHasNode(nodes);
  }

  absl::StatusOr<CpuGroups> EveryCpuHasNode(const CpuGroups& nodes) const {
    for (CpuId cpu : topology_.online_) {
      if (nodes.IndexOf(cpu) >= 0) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(system_, "/node: CPU ", cpu.value(), " is on no node"));
    }
    return nodes;
  }

  std::string system_;
  std::string cpu_;
  Topology topology_;
};

absl::StatusOr<Topology> Topology::FromSysfs(const std::string& root) {
  return SysfsReader(root).Read();
}

absl::StatusOr<CpuSet> ReadOnlineCpus(const std::string& root) {
  return SysfsReader::ReadList(absl::StrCat(root, "/devices/system/cpu/online"));
}

}  // namespace scxx
