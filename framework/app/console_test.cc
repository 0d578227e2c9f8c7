// SPDX-License-Identifier: Apache-2.0
#include "framework/app/console.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "framework/base/process/process.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// Standard output and error as one pipe that holds a page.
class ConsoleTest : public testing::Test {
 protected:
  ConsoleTest()
      : pipe_(MakePipe().value()),
        page_(static_cast<size_t>(fcntl(pipe_.write_end.get(), F_SETPIPE_SZ, 4096))),
        console_("fifo", pipe_.write_end.get(), pipe_.write_end.get()) {}

  std::string ReadAll() {
    std::string text;
    pollfd ready = {.fd = pipe_.read_end.get(), .events = POLLIN, .revents = 0};
    while (poll(&ready, 1, 0) == 1 && ReadMore(ready.fd, text)) {
    }
    return text;
  }

  const PipeEnds pipe_;
  const size_t page_;
  Console console_;
};

TEST_F(ConsoleTest, NamesTheProgram) {
  console_.Print("usage\n");
  console_.Say("attached");
  console_.Complain("FAILED");
  EXPECT_EQ(ReadAll(), "usage\nfifo: attached\nfifo: FAILED\n");
}

// The pipe has room for it, behind what another process has written, but not for the rest.
TEST_F(ConsoleTest, AnErrorIsNotWithinALineThatHasBegun) {
  console_.LimitWaiting(absl::ZeroDuration());
  console_.PrintIfRoom(std::string(page_ + page_ / 2, 'x'));
  std::string text = ReadAll();
  const std::string others(page_ * 3 / 4, 'y');
  ASSERT_EQ(write(pipe_.write_end.get(), others.data(), others.size()), others.size());
  console_.Complain("lost");
  text += ReadAll();
  EXPECT_THAT(text, Not(HasSubstr("lost")));
  console_.Complain("said");
  EXPECT_THAT(ReadAll(), AllOf(HasSubstr("x\nfifo: said"), EndsWith("said\n")));
}

// As after a dump that nobody reads.
TEST_F(ConsoleTest, LeavesPatienceForTheLastLine) {
  const absl::Duration total = absl::Milliseconds(2);
  console_.Print(std::string(page_, 'x'));
  console_.LimitWaiting(total);
  console_.Complain("nobody reads it");
  EXPECT_LT(console_.patience(), total);
  EXPECT_GT(console_.patience(), absl::ZeroDuration());
}

}  // namespace
}  // namespace scxx
