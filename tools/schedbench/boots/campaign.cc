// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/campaign.h"

#include <poll.h>

#include <cstdio>
#include <list>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/schedbench/boots/boot_process.h"
#include "tools/schedbench/boots/transcript.h"

namespace scxx::bench {
namespace {

class Campaign {
 public:
  Campaign(const CampaignOptions& options, const std::function<void(const BootsDone&)>& progress)
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
    BootProcess process;
  };

  absl::Status Fill() {
    while (started_ < outputs_.size() && boots_.size() < static_cast<size_t>(options_.machines)) {
      const uint64_t seed = options_.seeds[started_];
      auto process = BootProcess::Start([this, seed] { return options_.boot(seed); });
      if (!process.ok()) return process.status();
      boots_.push_back({started_++, *std::move(process)});
    }
    return absl::OkStatus();
  }

  // Waits for output, and takes it.
  absl::Status Listen() {
    std::vector<pollfd> fds;
    for (const Running& boot : boots_) fds.push_back({boot.process.fd(), POLLIN, 0});
    poll(fds.data(), fds.size(), -1);
    auto boot = boots_.begin();
    for (const pollfd& fd : fds) {
      const auto here = boot++;
      if (fd.revents == 0 || here->process.Read()) continue;
      const absl::Status status = Collect(*here);
      if (!status.ok()) return status;
      boots_.erase(here);
    }
    return absl::OkStatus();
  }

  absl::Status Collect(Running& boot) {
    const absl::Status status = boot.process.Finish();
    if (!status.ok()) {
      return absl::Status(
          status.code(), absl::StrCat("seed ", options_.seeds[boot.index], ": ", status.message()));
    }
    outputs_[boot.index] = boot.process.output();
    done_.runs += CountEnded(outputs_[boot.index]);
    ++done_.boots;
    return absl::OkStatus();
  }

  void Report() const {
    BootsDone now = done_;
    for (const Running& boot : boots_) now.runs += CountEnded(boot.process.output());
    progress_(now);
  }

  const CampaignOptions& options_;
  const std::function<void(const BootsDone&)>& progress_;
  std::vector<std::string> outputs_;
  size_t started_ = 0;
  std::list<Running> boots_;
  BootsDone done_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> RunCampaign(
    const CampaignOptions& options, const std::function<void(const BootsDone&)>& progress) {
  return Campaign(options, progress).Run();
}

void ProgressLine::Show(const BootsDone& done) {
  const bool boot = done.boots != shown_.boots;
  const bool run = done.runs != shown_.runs;
  if (!boot && !(terminal_ && run)) return;
  shown_ = done;
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_);
  const char* form = terminal_ ? "\r\033[K%s" : "%s\n";
  std::fprintf(stderr, form, Text(done, elapsed).c_str());
}

void ProgressLine::Clear() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

std::string ProgressLine::Text(const BootsDone& done, std::chrono::seconds elapsed) const {
  std::string text = absl::StrCat("schedbench: ", done.runs, " of ", runs_, " runs, ", done.boots,
                                  " of ", boots_, " boots");
  if (done.runs == 0) return text;
  const auto left = elapsed * (runs_ - done.runs) / done.runs;
  return absl::StrCat(text, ", ", (left.count() + 59) / 60, " min left");
}

}  // namespace scxx::bench
