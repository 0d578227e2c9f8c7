// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/messages.h"

#include <memory>
#include <utility>
#include <vector>

#include "framework/base/units.h"
#include "tools/load/shared.h"

namespace scxx::load {
namespace {

constexpr char kGoOn = 1;
constexpr char kQuit = 2;

struct Link {
  std::shared_ptr<Pipe> there;
  std::shared_ptr<Pipe> back;
};

// Counts operations one by one and stamps the time only now and then.
class Stamper {
 public:
  Stamper(Task& task, int every, bool count) : task_(task), every_(every), count_(count) {}
  ~Stamper() { task_.Count(Ops()); }

  void Tick() {
    if (++pending_ < every_) return;
    task_.Progress(Ops());
    pending_ = 0;
  }

 private:
  int Ops() const { return count_ ? pending_ : 0; }

  Task& task_;
  const int every_;
  const bool count_;
  int pending_ = 0;
};

// Ends the ponger; a ponger that is gone already needs no telling.
void Quit(const Link& link, int message_bytes) {
  link.there->Write(std::vector<char>(message_bytes, kQuit));
}

bool RoundTrip(const Link& link, std::vector<char>& message) {
  return link.there->Write(message) && link.back->Read(message);
}

void Ping(Task& task, const PingPongPlan& plan, const Link& link) {
  std::vector<char> message(plan.message_bytes, kGoOn);
  Stamper stamper(task, plan.stamp_every, /*count=*/true);
  for (int64_t trip = 0; plan.round_trips == 0 || trip < plan.round_trips; ++trip) {
    if (task.stopping() || !RoundTrip(link, message)) break;
    stamper.Tick();
  }
  Quit(link, plan.message_bytes);
}

void TimedPing(Task& task, const PingPongPlan& plan, const Link& link) {
  std::vector<char> message(plan.message_bytes, kGoOn);
  Instant sent = task.start();
  for (int64_t trip = 0; plan.round_trips == 0 || trip < plan.round_trips; ++trip) {
    if (task.stopping() || !RoundTrip(link, message)) break;
    const Instant now = task.Progress();
    task.RecordLatency(now - sent);
    sent = now;
  }
  Quit(link, plan.message_bytes);
}

void Pong(Task& task, const PingPongPlan& plan, const Link& link) {
  std::vector<char> message(plan.message_bytes);
  Stamper stamper(task, plan.stamp_every, /*count=*/!plan.timed);
  while (link.there->Read(message) && message[0] != kQuit) {
    stamper.Tick();
    if (!link.back->Write(message)) return;
  }
}

}  // namespace

absl::Status AddPingPong(const PingPongPlan& plan, Crew& crew) {
  auto there = Pipe::Create();
  if (!there.ok()) return there.status();
  auto back = Pipe::Create();
  if (!back.ok()) return back.status();
  const Link link = {*there, *back};
  const auto ping = plan.timed ? TimedPing : Ping;
  crew.Add("pinger", [=](Task& task) { ping(task, plan, link); });
  // A ponger that does not count is in the background: the pinger's end is the end of the run.
  const Crew::Role pong_role = plan.timed ? Crew::Role::kBackground : Crew::Role::kForeground;
  crew.Add("ponger", [=](Task& task) { Pong(task, plan, link); }, pong_role);
  return absl::OkStatus();
}

void PipePairs::RegisterFlags(FlagSet& flags) {
  flags.Int("pairs", &options_.pairs, {1, 10'000}, "pairs of processes");
  flags.Int64("messages", &options_.messages, {2}, "messages a pair, both directions together");
  flags.Int("message_bytes", &options_.message_bytes, {1, Pipe::kAtomicBytes}, "size of a message");
  flags.Int("stamp_every", &options_.stamp_every, {1}, "messages between two looks at the clock");
}

absl::Status PipePairs::Build(Crew& crew) {
  const PingPongPlan plan = {.round_trips = options_.messages / 2,
                             .message_bytes = options_.message_bytes,
                             .stamp_every = options_.stamp_every};
  for (int i = 0; i < options_.pairs; ++i) {
    if (absl::Status added = AddPingPong(plan, crew); !added.ok()) return added;
  }
  return absl::OkStatus();
}

void PingPong::RegisterFlags(FlagSet& flags) {
  flags.Int64("round_trips", &options_.round_trips, {1}, "round trips");
  flags.Int("message_bytes", &options_.message_bytes, {1, Pipe::kAtomicBytes}, "size of a message");
}

absl::Status PingPong::Build(Crew& crew) {
  return AddPingPong({.round_trips = options_.round_trips,
                      .message_bytes = options_.message_bytes,
                      .stamp_every = 16,
                      .timed = true},
                     crew);
}

namespace {

using Pipes = std::vector<std::shared_ptr<Pipe>>;

// One message to each receiver in turn, so that all of them are kept busy. Senders do not count:
// what they do counts when it is received.
void SendAll(Task& task, const Pipes& receivers, int64_t messages, int message_bytes) {
  const std::vector<char> message(message_bytes, 'm');
  for (int64_t i = 0; i < messages; ++i) {
    for (const auto& receiver : receivers) {
      if (!receiver->Write(message)) return;
      task.Progress(0);
    }
  }
}

void ReceiveAll(Task& task, const Pipe& pipe, int64_t messages, int message_bytes) {
  std::vector<char> message(message_bytes);
  for (int64_t i = 0; i < messages; ++i) {
    if (!pipe.Read(message)) return;
    task.Progress();
  }
}

}  // namespace

void Messaging::RegisterFlags(FlagSet& flags) {
  flags.Int("groups", &options_.groups, {1, 1000}, "groups");
  flags.Int("fan", &options_.fan, {1, 1000}, "senders, and as many receivers, of a group");
  flags.Int64("messages", &options_.messages, {1}, "messages from each sender to each receiver");
  flags.Int("message_bytes", &options_.message_bytes, {1, Pipe::kAtomicBytes}, "size of a message");
  flags.Bool("threads", &options_.threads, "one process a group, with threads");
}

absl::Status Messaging::AddGroup(Crew& crew) const {
  Pipes pipes;
  for (int i = 0; i < options_.fan; ++i) {
    auto pipe = Pipe::Create();
    if (!pipe.ok()) return pipe.status();
    pipes.push_back(*std::move(pipe));
  }
  std::vector<Crew::Member> members;
  for (int i = 0; i < options_.fan; ++i) {
    members.push_back({"receiver", [options = options_, pipe = pipes[i]](Task& task) {
                         ReceiveAll(task, *pipe, options.messages * options.fan,
                                    options.message_bytes);
                       }});
    members.push_back({"sender", [options = options_, pipes](Task& task) {
                         SendAll(task, pipes, options.messages, options.message_bytes);
                       }});
  }
  if (options_.threads) {
    crew.AddProcess(std::move(members));
    return absl::OkStatus();
  }
  for (Crew::Member& member : members) crew.AddProcess({std::move(member)});
  return absl::OkStatus();
}

absl::Status Messaging::Build(Crew& crew) {
  for (int group = 0; group < options_.groups; ++group) {
    if (absl::Status added = AddGroup(crew); !added.ok()) return added;
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
