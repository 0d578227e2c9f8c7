// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/policy.h"

namespace scxx {

std::ostream& operator<<(std::ostream& os, RunnableReason reason) {
  switch (reason) {
    case RunnableReason::kNew:
      return os << "new";
    case RunnableReason::kWakeup:
      return os << "wakeup";
    case RunnableReason::kSliceEnd:
      return os << "slice_end";
    case RunnableReason::kPreempted:
      return os << "preempted";
    case RunnableReason::kYield:
      return os << "yield";
    case RunnableReason::kRequeue:
      return os << "requeue";
  }
  return os << "RunnableReason(" << static_cast<int>(reason) << ')';
}

std::ostream& operator<<(std::ostream& os, WithdrawnReason reason) {
  switch (reason) {
    case WithdrawnReason::kChanged:
      return os << "changed";
    case WithdrawnReason::kTaken:
      return os << "taken";
  }
  return os << "WithdrawnReason(" << static_cast<int>(reason) << ')';
}

std::ostream& operator<<(std::ostream& os, RefusedReason reason) {
  switch (reason) {
    case RefusedReason::kQueueFull:
      return os << "queue_full";
    case RefusedReason::kNotAllowed:
      return os << "not_allowed";
    case RefusedReason::kOffline:
      return os << "offline";
  }
  return os << "RefusedReason(" << static_cast<int>(reason) << ')';
}

std::ostream& operator<<(std::ostream& os, CpuView::State state) {
  switch (state) {
    case CpuView::State::kOffline:
      return os << "offline";
    case CpuView::State::kIdle:
      return os << "idle";
    case CpuView::State::kRunning:
      return os << "running";
    case CpuView::State::kOther:
      return os << "other";
  }
  return os << "CpuView::State(" << static_cast<int>(state) << ')';
}

}  // namespace scxx
