// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/campaign.h"

#include <poll.h>

#include <list>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/schedbench/machine.h"
#include "tools/schedbench/transcript.h"

namespace scxx::bench {
namespace {

class Campaign {
 public:
  Campaign(const CampaignOptions& options, const std::function<void(const Progress&)>& progress)
      : options_(options), progress_(progress), outputs_(options.seeds.size()) {}

  absl::StatusOr<std::vector<std::string>> Run() {
    while (started_ < outputs_.size() || !boots_.empty()) {
      absl::Status status = Fill();
      status.Update(Listen());
      if (!status.ok()) return status;
      Report();
    }
    return std::move(outputs_);
  }

 private:
  struct Running {
    size_t index;
    Machine machine;
  };

  absl::Status Fill() {
    while (started_ < outputs_.size() && boots_.size() < static_cast<size_t>(options_.machines)) {
      const uint64_t seed = options_.seeds[started_];
      auto machine = Machine::Start([this, seed] { return options_.boot(seed); });
      if (!machine.ok()) return machine.status();
      boots_.push_back({started_++, *std::move(machine)});
    }
    return absl::OkStatus();
  }

  // Waits for output, and takes it.
  absl::Status Listen() {
    std::vector<pollfd> fds;
    for (const Running& boot : boots_) fds.push_back({boot.machine.fd(), POLLIN, 0});
    poll(fds.data(), fds.size(), -1);
    auto boot = boots_.begin();
    for (const pollfd& fd : fds) {
      const auto here = boot++;
      if (fd.revents == 0 || here->machine.Read()) continue;
      const absl::Status status = Collect(*here);
      if (!status.ok()) return status;
      boots_.erase(here);
    }
    return absl::OkStatus();
  }

  absl::Status Collect(Running& boot) {
    const absl::Status status = boot.machine.Finish();
    if (!status.ok()) {
      return absl::Status(
          status.code(), absl::StrCat("seed ", options_.seeds[boot.index], ": ", status.message()));
    }
    outputs_[boot.index] = boot.machine.output();
    done_.runs_done += CountEnded(outputs_[boot.index]);
    ++done_.boots_done;
    return absl::OkStatus();
  }

  void Report() const {
    Progress now = done_;
    for (const Running& boot : boots_) now.runs_done += CountEnded(boot.machine.output());
    progress_(now);
  }

  const CampaignOptions& options_;
  const std::function<void(const Progress&)>& progress_;
  std::vector<std::string> outputs_;
  size_t started_ = 0;
  std::list<Running> boots_;
  Progress done_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> RunCampaign(
    const CampaignOptions& options, const std::function<void(const Progress&)>& progress) {
  return Campaign(options, progress).Run();
}

}  // namespace scxx::bench
