// SPDX-License-Identifier: Apache-2.0
#include "tools/load/threads.h"

#include <pthread.h>

#include <cstddef>

namespace scxx::load {
namespace {

constexpr size_t kStackBytes = 256 * 1024;

void* RunBody(void* body) {
  (*static_cast<const std::function<void()>*>(body))();
  return nullptr;
}

}  // namespace

bool RunThreads(const std::vector<std::function<void()>>& bodies) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  std::vector<pthread_t> threads(bodies.size());
  for (size_t i = 0; i < bodies.size(); ++i) {
    void* body = const_cast<std::function<void()>*>(&bodies[i]);
    if (pthread_create(&threads[i], &attributes, RunBody, body) != 0) return false;
  }
  pthread_attr_destroy(&attributes);
  for (pthread_t thread : threads) pthread_join(thread, nullptr);
  return true;
}

}  // namespace scxx::load
