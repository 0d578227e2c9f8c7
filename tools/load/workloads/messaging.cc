// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/messaging.h"

#include <memory>
#include <utility>
#include <vector>

#include "tools/load/pipe.h"

namespace scxx::load {
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
